"""Whose logs the general readers read: the trainers of images, boosted trees and science."""

from lrdiag.readers.reader import Tool

# Trainers whose console output is read.
CONSOLE = (
    Tool("BasicSR", "train_*.log"),
    Tool("Caffe", "console"),
    Tool("CatBoost (console)", "console"),
    Tool("CGCNN", "console"),
    Tool("Chainer PrintReport", "console"),
    Tool("chemprop", "verbose.log"),
    Tool("Composer", "logs-rank0.txt"),
    Tool("darknet of AlexeyAB", "console"),
    Tool("darknet", "console"),
    Tool("DeePMD-kit (console)", "console"),
    Tool("Detectron", "console"),
    Tool("detectron2 (console)", "console"),
    Tool("DGL examples", "console"),
    Tool("diffusers", "console"),
    Tool("EfficientDet (PyTorch)", "console"),
    Tool("fastai", "console"),
    Tool("Flax examples (CLU)", "console"),
    Tool("gaussian splatting", "console"),
    Tool("Keras 3 (console)", "console"),
    Tool("kohya sd-scripts", "console"),
    Tool("LightGBM", "console"),
    Tool("MACE (console)", "console"),
    Tool("Mask R-CNN (Matterport)", "console"),
    Tool("mmcv (console)", "console"),
    Tool("mmengine (console)", "console"),
    Tool("MONAI engines", "console"),
    Tool("MONAI", "console"),
    Tool("MXNet Module.fit", "console"),
    Tool("MXNet", "console"),
    Tool("NequIP (console)", "console"),
    Tool("NeRF", "console"),
    Tool("neuraloperator", "console"),
    Tool("nnU-Net 1", "training_log_*.txt"),
    Tool("nnU-Net", "training_log_*.txt"),
    Tool("NVIDIA Modulus", "console"),
    Tool("OpenCLIP", "out.log"),
    Tool("OpenPCDet", "train_*.log"),
    Tool("PaddleClas", "console"),
    Tool("PaddleDetection", "console"),
    Tool("PaddleSeg", "console"),
    Tool("PyTorch Geometric examples", "console"),
    Tool("PyTorch Ignite", "console"),
    Tool("PyTorch ImageNet example", "console"),
    Tool("scikit-learn", "console"),
    Tool("Segmentation Models", "console"),
    Tool("SlowFast, pycls", "stdout.log"),
    Tool("TensorFlow Estimator", "console"),
    Tool("TensorFlow Model Garden (Orbit)", "console"),
    Tool("TensorFlow object detection 2", "console"),
    Tool("TensorFlow object detection", "console"),
    Tool("timm (console)", "console"),
    Tool("torchvision references", "console"),
    Tool("Ultralytics YOLO (console)", "console"),
    Tool("XGBoost", "console"),
    Tool("YOLOX", "train_log.txt"),
)

# Trainers that write a table.
TABLES = (
    Tool("fastai CSVLogger", "history.csv"),
    Tool("MLflow runs table", "search_runs as CSV", "refused: its rows are finished runs"),
    Tool("NequIP", "metrics_epoch.csv"),
    Tool("Optuna trials table", "trials_dataframe as CSV", "refused: its rows are trials"),
    Tool("Ray Tune", "progress.csv", "one trial is one run"),
    Tool("SchNetPack", "log.csv"),
    Tool("skorch (console)", "console"),
    Tool("timm", "summary.csv"),
    Tool("Ultralytics YOLO", "results.csv", "box, cls and dfl are added up"),
    Tool("YOLOv5", "results.csv", "box, obj and cls are added up"),
)

# Trainers that write JSON records.
RECORDS = (
    Tool("Chainer", "log"),
    Tool("detectron2", "metrics.json"),
    Tool("DETR", "log.txt"),
    Tool("MACE", "*_train.txt"),
    Tool("mmcv", "*.log.json"),
    Tool("mmengine", "scalars.json"),
    Tool("Ray Tune (JSON)", "result.json", "one trial is one run"),
    Tool("skorch", "history.json"),
)

# Libraries that write a list of numbers a metric, in JSON.
HISTORIES = (
    Tool("Keras History", "history.json"),
    Tool("LightGBM (evals_result)", "evals_result.json"),
    Tool("XGBoost (evals_result)", "evals_result.json"),
)
