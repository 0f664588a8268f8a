"""What a camera and a file format do to a crop: light, blur, few pixels, noise, JPEG.

Only Pillow filters and integer NumPy: the same bytes on every x86-64 processor.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.geometry import rotation

Colour = tuple[int, int, int]


def luminance(colour: Colour) -> int:
    """Rec. 601 luma of an RGB colour, 0 to 255."""
    return (299 * colour[0] + 587 * colour[1] + 114 * colour[2]) // 1000


def jitter(dice: Dice, colour: Colour, amount: int) -> Colour:
    """The colour with every channel moved by at most `amount`."""
    red, green, blue = (min(255, max(0, value + dice.integer(-amount, amount))) for value in colour)
    return red, green, blue


def ramp(size: tuple[int, int], first: int, last: int, degrees: float) -> Image.Image:
    """An 'L' picture that goes linearly from one value to another along a direction."""
    width, height = size
    cos, sin = rotation(degrees)
    along_x, along_y = int(cos * 4096), int(sin * 4096)
    x = np.arange(width, dtype=np.int64)[None, :] * (2 * 4096) // max(1, width - 1) - 4096
    y = np.arange(height, dtype=np.int64)[:, None] * (2 * 4096) // max(1, height - 1) - 4096
    position = np.clip((x * along_x + y * along_y) // 4096 + 4096, 0, 8192)
    return Image.fromarray((first + position * (last - first) // 8192).astype(np.uint8))


def darken(image: Image.Image, light: Image.Image) -> Image.Image:
    """The RGB image multiplied by an 'L' light map (255 leaves a pixel as it is)."""
    return ImageChops.multiply(image, Image.merge("RGB", (light, light, light)))


def shadow(image: Image.Image, dice: Dice) -> Image.Image:
    """A straight shadow edge somewhere across the crop, hard or soft."""
    width, height = image.size
    light = Image.new("L", image.size, 255)
    x_top, x_bottom = dice.uniform(-0.2, 1.2) * width, dice.uniform(-0.2, 1.2) * width
    side = 0 if dice.chance(0.5) else width
    corners: list[tuple[float, float]] = [(side, -1), (x_top, -1), (x_bottom, height), (side, height)]
    if dice.chance(0.5):
        y_left, y_right = dice.uniform(0.1, 0.6) * height, dice.uniform(0.1, 0.6) * height
        corners = [(0, -1), (width, -1), (width, y_right), (0, y_left)]
    ImageDraw.Draw(light).polygon([(int(x), int(y)) for x, y in corners], fill=dice.integer(90, 190))
    return darken(image, light.filter(ImageFilter.BoxBlur(dice.integer(0, 4))))


def exposure(image: Image.Image, dice: Dice, low: float, high: float, floor: int = 0) -> Image.Image:
    """Gain, lifted black and a colour cast, as one look-up table per channel."""
    gain = dice.uniform(low, high)
    table: list[int] = []
    for _ in range(3):
        channel = int(256 * gain * dice.uniform(0.93, 1.07))
        table += [min(255, floor + value * channel // 256) for value in range(256)]
    return image.point(table)


def motion_blur(image: Image.Image, dice: Dice, reach_px: int) -> Image.Image:
    """The mean of copies shifted along one direction, at most `reach_px` long."""
    cos, sin = rotation(dice.uniform(-30, 30) + (90 if dice.chance(0.2) else 0))
    blurred = image
    for step in range(1, reach_px + 1):
        shifted = image.transform(
            image.size, Image.Transform.AFFINE, (1, 0, round(step * cos), 0, 1, round(step * sin))
        )
        blurred = Image.blend(blurred, shifted, 1.0 / (step + 1))
    width, height = image.size
    crop = (0, 0, max(2, width - reach_px), height)
    return blurred.crop(crop).resize((width, height), Image.Resampling.BILINEAR)


def low_resolution(image: Image.Image, dice: Dice, height_px: int) -> Image.Image:
    """The crop as taken with only `height_px` rows, then enlarged to its old size."""
    width, height = image.size
    small = image.resize((max(8, width * height_px // height), height_px), Image.Resampling.BOX)
    back = dice.pick([Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BICUBIC])
    return small.resize((width, height), back)


def sensor_noise(image: Image.Image, dice: Dice, amplitude: int) -> Image.Image:
    """Noise per pixel: of the brightness only, or of each colour channel."""
    width, height = image.size
    pixels = np.asarray(image, dtype=np.int16)
    noise = dice.noise_HWC(height, width, 1 if dice.chance(0.5) else 3, amplitude)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def grey(image: Image.Image) -> Image.Image:
    """The crop of a camera without colour."""
    return image.convert("L").convert("RGB")


def jpeg_bytes(image: Image.Image, quality: int) -> bytes:
    """A baseline JPEG with 4:2:0 chroma and the standard Huffman tables."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling=2, optimize=False, progressive=False)
    return buffer.getvalue()
