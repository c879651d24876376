"""Whose logs the general readers read: the trainers of images, boosted trees and science."""

from lrdiag.readers.reader import Tool

# Trainers whose console output is read.
CONSOLE = (
    Tool("Caffe", "console"),
    Tool("CatBoost (console)", "console"),
    Tool("darknet", "console"),
    Tool("Detectron", "console"),
    Tool("detectron2 (console)", "console"),
    Tool("diffusers", "console"),
    Tool("fastai", "console"),
    Tool("Keras 3 (console)", "console"),
    Tool("kohya sd-scripts", "console"),
    Tool("LightGBM", "console"),
    Tool("MACE (console)", "console"),
    Tool("mmcv (console)", "console"),
    Tool("mmengine (console)", "console"),
    Tool("MONAI", "console"),
    Tool("MONAI engines", "console"),
    Tool("MXNet", "console"),
    Tool("MXNet Module.fit", "console"),
    Tool("nnU-Net 1", "training_log_*.txt"),
    Tool("OpenPCDet", "train_*.log"),
    Tool("PaddleDetection", "console"),
    Tool("PyTorch Ignite", "console"),
    Tool("PyTorch ImageNet example", "console"),
    Tool("scikit-learn", "console"),
    Tool("TensorFlow Estimator", "console"),
    Tool("TensorFlow object detection", "console"),
    Tool("timm (console)", "console"),
    Tool("torchvision references", "console"),
    Tool("Ultralytics YOLO (console)", "console"),
)

# Trainers that write a table.
TABLES = (
    Tool("fastai CSVLogger", "history.csv"),
    Tool("NequIP", "metrics_epoch.csv"),
    Tool("SchNetPack", "log.csv"),
    Tool("skorch (console)", "console"),
    Tool("timm", "summary.csv"),
    Tool("Ultralytics YOLO", "results.csv", "box, cls and dfl are added up"),
)

# Trainers that write JSON records.
RECORDS = (
    Tool("Chainer", "log"),
    Tool("detectron2", "metrics.json"),
    Tool("MACE", "*_train.txt"),
    Tool("mmcv", "*.log.json"),
    Tool("mmengine", "scalars.json"),
    Tool("skorch", "history.json"),
)

# Libraries that write a list of numbers a metric, in JSON.
HISTORIES = (
    Tool("Keras History", "history.json"),
    Tool("LightGBM (evals_result)", "evals_result.json"),
)
