"""The configuration: PaddleX's sections and keys, plus those that ocrflow adds (marked "ocrflow").

One `RunConfig` describes all stages of one task. It is frozen, and a key that is not below is an error.
Paths are relative to the working directory.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from ocrflow.config_section import Section, Text
from ocrflow.models import task_of

Mode = Literal[
    "check_dataset", "expectations", "split", "train", "evaluate", "export", "report", "register", "predict", "ocr"
]


class GlobalSection(Section):
    """`Global`: what every stage needs."""

    model: Text = Field("PP-OCRv6_tiny_rec", description="PaddleX model name; decides the task and the network")
    mode: Mode = Field("check_dataset", description="the stage that `main.py` runs")
    module: str | None = Field(None, description="PaddleX's module name; not used")
    dataset_dir: Text = Field("data/text_recognition", description="folder with train.txt, val.txt, dict.txt, images")
    device: Text = Field("auto", description="cpu, gpu, gpu:0,1 with card numbers, or auto: GPU 0 if there is one")
    output: Text = Field("output", description="folder of all results of this run, outside of dataset_dir")
    export_with_pir: bool | None = Field(None, description="PaddleX: export to inference.json; ocrflow always does")


class ConvertSection(Section):
    """`CheckDataset.convert`: importing other formats."""

    enable: bool = Field(False, description="PaddleX: convert before checking; ocrflow refuses true")
    src_dataset_type: str | None = Field(None, description="PaddleX: format to convert from; not used")


class SplitSection(Section):
    """`CheckDataset.split`: dividing the labelled rows into train and val."""

    enable: bool = Field(False, description="divide anew; otherwise the lists are used as they are")
    train_percent: int | None = Field(None, ge=0, le=100, description="share of train rows in percent")
    val_percent: int | None = Field(None, ge=0, le=100, description="share of val rows in percent; both sum to 100")
    seed: int = Field(0, ge=0, description="ocrflow: another seed, another division")
    in_place: bool = Field(False, description="ocrflow: PaddleX's form, rewrites train.txt and val.txt, keeps .bak")
    group_pattern: str | None = Field(
        None, description="ocrflow: regular expression on image paths; rows with the same group(1) stay together"
    )
    near_duplicates: bool = Field(True, description="ocrflow: nearly equal images stay together too")
    stratify: bool = Field(False, description="ocrflow: no character only in val, label lengths balanced")


class CheckDatasetSection(Section):
    """`CheckDataset`: the gate and the split."""

    convert: ConvertSection = ConvertSection()
    split: SplitSection = SplitSection()
    allow: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, description="ocrflow: fault code: largest share of rows that may have it and are left out"
    )
    expectations: str | None = Field(None, description="ocrflow: YAML file that adds to the expectation suite")


Share = Annotated[float, Field(gt=0, lt=1)]


class TrainSection(Section):
    """`Train`: PaddleX's keys, then ocrflow's."""

    epochs_iters: int = Field(20, ge=1, description="epochs: passes over all training rows")
    batch_size: int = Field(8, ge=1, description="images a step and process (card)")
    learning_rate: float = Field(0.001, gt=0, description="peak of the schedule; not scaled with the number of cards")
    pretrain_weight_path: str | None = Field(
        None, description="weights to start from: starter:NAME, a .pdparams or .safetensors file; null: random ones"
    )
    resume_path: str | None = Field(None, description="checkpoint to go on from; auto: the newest complete one in OUT")
    log_interval: int = Field(20, ge=1, description="steps between two lines in train.log")
    eval_interval: int = Field(1, ge=1, description="epochs between two evaluations; the last epoch always is one")
    save_interval: int = Field(1, ge=1, description="epochs between two saves of latest/")
    amp: Literal["OFF", "O1", "O2"] = Field("OFF", description="mixed precision on GPU: O1 by operation, O2 all of it")
    dy2st: bool = Field(False, description="PaddleX: train a static graph; ocrflow refuses true")
    dist_ips: str | None = Field(None, description="PaddleX: addresses of the hosts of a run, separated by commas")
    uniform_output_enabled: bool = Field(True, description="PaddleX's directory layout; ocrflow always writes it")
    basic_config_path: str | None = Field(None, description="PaddleX: another PaddleOCR base file; ocrflow refuses it")
    num_classes: int | None = Field(None, description="PaddleX, other modules: not used, the dictionary decides")
    seed: int = Field(1024, ge=0, description="ocrflow: seed of weights, order and augmentation")
    warmup_epochs: float = Field(1.0, ge=0, description="ocrflow: epochs of linear warm-up before the cosine decay")
    weight_decay: float = Field(3e-5, ge=0, description="ocrflow: factor of the L2 regulariser")
    grad_clip_norm: float = Field(5.0, gt=0, description="ocrflow: limit of the gradients' global norm")
    augment: float = Field(0.5, ge=0, le=1, description="ocrflow: factor on the probability of each augmentation")
    base_width: Annotated[int, Field(ge=8, le=3200)] | Literal["auto"] = Field(
        "auto", description="ocrflow: narrowest input in pixels at 48 rows; auto: from the training images, at most 320"
    )
    crop_size: Annotated[int, Field(ge=64, le=2048, multiple_of=32)] | Literal["auto"] = Field(
        "auto", description="ocrflow: side in pixels of a detector's square training crops; auto: 640, on CPU 320"
    )
    copy_paste: float = Field(
        0.0, ge=0, le=1, description="ocrflow: probability that a detector's view gets texts of other images pasted in"
    )
    longest_side: int = Field(
        960, ge=64, le=4000, description="ocrflow: a detector shrinks images whose longer side has more pixels"
    )
    box_thresh: Share | None = Field(
        None, description="ocrflow: score that a detector's boxes need, also where the model is used; null: the model's"
    )
    shrink_ratio: tuple[Share, Share] = Field(
        (0.4, 0.6), description="ocrflow: size of a detector's shrunk texts: in the first epoch, and after the last"
    )
    accumulate: int = Field(1, ge=1, description="ocrflow: batches whose gradients are averaged for one step")
    ema: float = Field(0.0, ge=0, lt=1, description="ocrflow: decay of averaged weights, which are scored; 0: off")
    freeze: list[str] = Field([], description="ocrflow: parameters that stay as loaded, by the start of their names")
    guide: bool | Literal["auto"] = Field(
        "auto",
        description="ocrflow: train PP-OCR's guiding branches: NRTR beside CTC, a detector's maps of each level; "
        "auto: on cards, as the official recipes do, and not on CPU, where they take up to half of a step",
    )
    min_loaded: float = Field(0.5, ge=0, le=1, description="ocrflow: smallest share of starting weights that must fit")
    early_stop: int | None = Field(None, ge=1, description="ocrflow: end after so many evaluations without a gain")
    max_steps: int | None = Field(None, ge=1, description="ocrflow: end after so many steps")
    time_budget: float | None = Field(None, gt=0, description="ocrflow: end after so many minutes")
    min_evaluations: int = Field(1, ge=1, description="ocrflow: evaluations that a run plans at least")
    keep_last: int = Field(1, ge=1, description="ocrflow: checkpoints iter_epoch_N that are kept beside the best")
    num_workers: Annotated[int, Field(ge=0)] | Literal["auto"] = Field(
        "auto", description="ocrflow: processes that decode and augment for each training process; auto: spare cores"
    )
    num_processes: Annotated[int, Field(ge=1)] | Literal["auto"] = Field(
        "auto", description="ocrflow: training processes on CPU; auto: one a core up to 4; on GPU it is one a card"
    )

    @field_validator("amp", mode="before")
    @classmethod
    def _off_is_a_word(cls, value: Any) -> Any:
        return "OFF" if value is False else value  # an unquoted OFF is false in YAML


class EvaluateSection(Section):
    """`Evaluate`."""

    weight_path: str | None = Field(None, description="null: OUT/best_accuracy; a .pdparams file or an exported folder")
    log_interval: int = Field(1, ge=1, description="PaddleX: not used")
    label_dict_path: str | None = Field(None, description="PaddleX: not used, the dictionary travels with the model")
    basic_config_path: str | None = Field(None, description="PaddleX: not used")
    batch_size: int = Field(32, ge=1, description="ocrflow: images of one width that run together")


class ExportSection(Section):
    """`Export`."""

    weight_path: str | None = Field(None, description="null: OUT/best_accuracy/best_accuracy.pdparams")
    basic_config_path: str | None = Field(None, description="PaddleX: not used")
    save_dir: str | None = Field(None, description="ocrflow: folder of the exported model; null: OUT/export")
    onnx: bool = Field(True, description="ocrflow: write inference.onnx, too, for ONNX Runtime and OpenVINO")


class KernelOption(Section):
    """`Predict.kernel_option`, as PaddleX's files hold it."""

    run_mode: str = Field("paddle", description="PaddleX: not used")


class PredictSection(Section):
    """`Predict`."""

    model_dir: str | None = Field(
        None, description="exported model, or models:/NAME@ALIAS; null: OUT/export or OUT/best_accuracy/inference"
    )
    pipeline: str | None = Field(None, description="ocrflow: an OCR.yaml, whose two models run instead of one")
    input: str | None = Field(None, description="image, PDF, folder, glob, a list of them such as val.txt, or a URL")
    allow_urls: bool = Field(False, description="ocrflow: fetch images and PDFs from http(s) addresses")
    pictures: bool | Literal["auto"] = Field(
        "auto", description="ocrflow: draw what was found; auto: not for a recognition model alone"
    )
    batch_size: int = Field(32, ge=1, description="images of one width that run together")
    kernel_option: KernelOption = KernelOption()
    engine: Literal["auto", "paddle", "onnxruntime", "openvino"] = Field(
        "auto", description="what runs the model; auto: on CPU onnxruntime if there is an inference.onnx, else paddle"
    )
    engine_config: dict[str, Any] | None = Field(None, description="PaddleX: not used")
    use_hpip: bool = Field(False, description="PaddleX: not used")
    hpi_config: dict[str, Any] | None = Field(None, description="PaddleX: not used")
    genai_config: dict[str, Any] | None = Field(None, description="PaddleX: not used")

    @field_validator("engine", mode="before")
    @classmethod
    def _as_paddlex_says_it(cls, value: Any) -> Any:
        return {None: "auto", "paddle_static": "paddle", "hpi": "auto", "flexible": "auto"}.get(value, value)


class RegisterSection(Section):
    """`Register` (ocrflow): the MLflow registry."""

    name: str | None = Field(None, description="registered model; null: FOLDER-TASK, FOLDER from Global.dataset_dir")
    alias: Text = Field("best_accuracy", description="alias set on the new version")
    experiment: Text = Field("ocrflow", description="MLflow experiment of the runs")
    min_accuracy: float = Field(0.0, ge=0, le=1, description="the gate: below it a version gets no alias")


class OcrSection(Section):
    """`Ocr` (ocrflow): the pipeline of a detector and a recogniser."""

    det_model: str | None = Field(None, description="exported detector: a folder, or models:/NAME@ALIAS")
    rec_model: str | None = Field(None, description="exported recogniser, likewise")
    rows: str | None = Field(None, description="list of the images to read, with boxes; null: the dataset's val.txt")
    engine: Literal["auto", "paddle", "onnxruntime"] = Field(
        "auto", description="what PaddleX runs the models with; auto: its choice"
    )
    score_thresh: float = Field(0.0, ge=0, le=1, description="readings with a lower score are left out")
    pictures: int = Field(12, ge=0, description="images that PaddleX's picture is written of; the JSON is of all")
    min_f1: float = Field(0.0, ge=0, le=1, description="the gate: with a lower f1 the stage fails")


class RunConfig(Section):
    """All sections of one task."""

    Global: GlobalSection = GlobalSection()
    CheckDataset: CheckDatasetSection = CheckDatasetSection()
    Train: TrainSection = TrainSection()
    Evaluate: EvaluateSection = EvaluateSection()
    Export: ExportSection = ExportSection()
    Predict: PredictSection = PredictSection()
    Register: RegisterSection = RegisterSection()
    Ocr: OcrSection = OcrSection()
    Benchmark: dict[str, Any] | None = Field(None, description="PaddleX's own; not used")
    Pdparams2safetensors: dict[str, Any] | None = Field(None, description="PaddleX's own; not used")

    @property
    def task(self) -> str:
        """`text_recognition` or `text_detection`, from `Global.model`."""
        return task_of(self.Global.model)
