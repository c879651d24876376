"""How tools print losses: one pattern of lines for each, made from memory of their output.

The numbers are the same in all, so that a test knows what a reader must find.
"""

from dataclasses import dataclass

EPOCHS = 8
BATCHES = 5
TRAIN = tuple(2.3 - 0.2 * epoch for epoch in range(EPOCHS))
VAL = tuple(2.4 - 0.15 * epoch for epoch in range(EPOCHS))


@dataclass(frozen=True, slots=True)
class Printed:
    """The output of a tool.

    Attributes:
        tool: Who prints so.
        epoch: What it prints each epoch; may hold e, n (e + 1), train, val and at (100 n).
        batch: What it prints for each of BATCHES batches before that; may hold k and part.
        head: What it prints first.
        tail: What it prints last.
        train: The number of training losses that a reader finds.
        val: The number of validation losses that a reader finds.
    """

    tool: str
    epoch: str
    batch: str = ""
    head: str = ""
    tail: str = ""
    train: int = EPOCHS
    val: int = 0

    def text(self) -> str:
        """Return the whole log."""
        parts = [self.head]
        for e in range(EPOCHS):
            values = {"e": e, "n": e + 1, "train": TRAIN[e], "val": VAL[e], "at": 100 * (e + 1)}
            for k in range(BATCHES):
                part = TRAIN[e] - 0.01 * k
                drawn = "=" * k + ">" + "." * (BATCHES - k)
                parts.append(self.batch.format(k=k, part=part, bar=drawn, **values))
            parts.append(self.epoch.format(**values))
        return "".join([*parts, self.tail])

    @property
    def last(self) -> float:
        """The last training loss."""
        return TRAIN[-1] - (0.01 * (BATCHES - 1) if self.train == EPOCHS * BATCHES else 0.0)


EVERY_BATCH = EPOCHS * BATCHES

PRINTED = (
    Printed(
        "Keras 2",
        "\r5/5 [==============================] - 1s 3ms/step - loss: {train:.4f} - "
        "accuracy: 0.6000 - val_loss: {val:.4f} - val_accuracy: 0.5\n",
        batch="\r{k}/5 [{bar}] - ETA: 0s - loss: {part:.4f} - accuracy: 0.5000",
        head="Train on 600 samples, validate on 100 samples\n",
        val=EPOCHS,
    ),
    Printed(
        "Keras 3 in colour",
        "Epoch {n}/8\n\x1b[1m10/10\x1b[0m \x1b[32m━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m "
        "3ms/step - accuracy: 0.61 - loss: {train:.4f} - val_accuracy: 0.5 - val_loss: {val:.4f}\n",
        val=EPOCHS,
    ),
    Printed(
        "Hugging Face console",
        "{{'loss': {train:.4f}, 'grad_norm': 1.2, 'learning_rate': 1e-05, 'epoch': {e}.5}}\n"
        "{{'eval_loss': {val:.4f}, 'eval_runtime': 2.1, 'epoch': {e}.5}}\n",
        tail="{'train_runtime': 123.4, 'train_loss': 1.234, 'epoch': 8.0}\n",
        val=EPOCHS,
    ),
    Printed(
        "Hugging Face beside tqdm",
        " {e}0%|█         | {e}/8 [00:0{e}<00:10,  1.2it/s]\r"
        "{{'loss': {train:.4f}, 'learning_rate': 1e-4, 'epoch': {e}.5}}\n",
    ),
    Printed(
        "PyTorch MNIST example",
        "\nTest set: Average loss: {val:.4f}, Accuracy: 98{e}0/10000 (98%)\n\n",
        batch="Train Epoch: {n} [{k}40/60000 ({k}%)]\tLoss: {part:.6f}\n",
        train=EVERY_BATCH,
        val=EPOCHS,
    ),
    Printed(
        "PyTorch ImageNet example",
        "Test: [ 0/50]\tTime 1.0 ( 1.0)\tLoss 9.9 (9.9)\tAcc@1 1.0 (1.0)\n"
        "Test: [40/50]\tTime 1.0 ( 1.0)\tLoss 9.9 ({val:.4e})\tAcc@1 1.0 (1.0)\n"
        " * Acc@1 1.{e} Acc@5 5.{e}\n",
        batch="Epoch: [{e}][{k}0/100]\tTime  0.3 ( 0.5)\tLoss {part:.4e} (6.9e+00)\t"
        "Acc@1   0.00 (  0.1)\n",
        train=EVERY_BATCH,
        val=EPOCHS,
    ),
    Printed(
        "timm",
        "Test: [   0/48]  Time: 1.2 (1.2)  Loss:  9.9000 (9.9000)  Acc@1: 0.1 (0.1)\n"
        "Test: [  48/48]  Time: 1.2 (1.2)  Loss:  9.9000 ({val:.4f})  Acc@1: 0.1 (0.1)\n",
        batch="Train: {e} [{k:>4d}0/1251 ({k:>3d}%)]  Loss: {part:.3f} (9.9)  Time: 0.9s, 100.1/s "
        " (0.9s, 100.2/s)  LR: 1.000e-06  Data: 0.5 (0.5)\n",
        train=EVERY_BATCH,
        val=EPOCHS,
    ),
    Printed(
        "Swin",
        "",
        batch="[2021-04-01 10:00:0{k} swin] (main.py 180): INFO Train: [{e}/300][{k}0/100]\t"
        "eta 0:10:00 lr 0.00001{k}\ttime 0.5 (0.6)\tloss {part:.4f} (6.9)\tgrad_norm 1.1 (1.2)\n",
        train=EVERY_BATCH,
    ),
    Printed(
        "mmdetection 2",
        "",
        batch="2020-05-01 10:00:00,123 - mmdet - INFO - Epoch [{n}][{k}0/50]\tlr: 2.000e-02, "
        "eta: 1 day, 2:03:04, time: 0.3, memory: 3000, loss_cls: 0.1, loss: {part:.4f}\n",
        train=EVERY_BATCH,
    ),
    Printed(
        "mmengine by epoch",
        "",
        batch="2023/01/01 10:00:00 - mmengine - INFO - Epoch(train)  [{n}][{k:>3}0/200]  "
        "lr: 1.0e-03  eta: 0:10:00  time: 0.3  memory: 3000  loss: {part:.4f}  loss_cls: 0.2\n",
        train=EVERY_BATCH,
    ),
    Printed(
        "mmengine by iteration",
        "2023/01/01 10:00:00 - mmengine - INFO - Iter(train) [{at:>5}/40000]  lr: 1.0e-03  "
        "eta: 0:10:00  time: 0.3  memory: 3000  loss: {train:.4f}  decode.loss_ce: 0.2\n",
    ),
    Printed(
        "detectron2",
        "[10/01 10:00:00 d2.utils.events]:  eta: 1:00:00  iter: {at}  total_loss: {train:.3f}  "
        "loss_cls: 1.2  loss_box_reg: 0.3  time: 0.5  lr: 1.9e-06  max_mem: 3000M\n",
    ),
    Printed(
        "maskrcnn-benchmark",
        "2019-01-01 10:00:00,000 maskrcnn_benchmark.trainer INFO: eta: 1 day, 10:00:00  "
        "iter: {at}  loss: {train:.4f} (2.0)  loss_box_reg: 0.1 (0.1)  time: "
        "0.5 (0.5)  lr: 0.003\n",
    ),
    Printed(
        "Caffe",
        "I0101 12:00:00.{e}0000 123 solver.cpp:228] Iteration {at} (2.1 iter/s, 50s/100 iters), "
        "loss = {train:.5f}\n"
        "I0101 12:00:00.{e}00001 12345 solver.cpp:244]     Train net output #0: loss = {train:.5f} "
        "(* 1 = {train:.5f} loss)\n"
        "I0101 12:00:00.{e}00001 12345 sgd_solver.cpp:106] Iteration {at}, lr = 0.001\n"
        "I0101 12:00:00.{e}00001 12345 solver.cpp:337] Iteration {at}, Testing net (#0)\n"
        "I0101 12:00:00.{e}00001 12345 solver.cpp:404]     Test net output #0: accuracy = 0.{e}\n"
        "I0101 12:00:00.{e}00001 12345 solver.cpp:404]     Test net output #1: loss = {val:.5f} "
        "(* 1 = {val:.5f} loss)\n",
        val=EPOCHS,
    ),
    Printed(
        "fairseq 0.6",
        "| epoch {n:03d} | loss {train:.3f} | nll_loss 2.1 | ppl 11.1 | wps 1000 | "
        "num_updates {at} | lr 0.0001 | gnorm 1.2 | clip 0% | wall 100\n"
        "| epoch {n:03d} | valid on 'valid' subset | valid_loss {val:.3f} | valid_nll_loss 2.0 | "
        "num_updates {at}\n",
        val=EPOCHS,
    ),
    Printed(
        "fairseq with hydra",
        '[2021-01-01 10:00:00][train][INFO] - {{"epoch": {n}, "train_loss": "{train:.3f}", '
        '"train_nll_loss": "2.2", "train_num_updates": "{at}", "train_lr": "1e-05"}}\n'
        '[2021-01-01 10:00:00][valid][INFO] - {{"epoch": {n}, "valid_loss": "{val:.3f}", '
        '"valid_num_updates": "{at}"}}\n',
        val=EPOCHS,
    ),
    Printed(
        "OpenNMT",
        "[2021-01-01 10:00:00,000 INFO] Step {at}/100000; acc:   5.20; ppl: 1230.10; "
        "xent: {train:.2f}; lr: 0.00001; 1234/1234 tok/s;     10 sec\n",
    ),
    Printed(
        "Marian",
        "[2021-01-01 10:00:00] Ep. 1 : Up. {at} : Sen. 64,{e}00 : Cost {train:.8f} * 1,234,567 @ "
        "1,000 after 1,234,567 : Time 20.1s : 30000.12 words/s : gNorm 1.2345 : L.r. 3.0000e-04\n",
    ),
    Printed(
        "TensorFlow Estimator",
        "INFO:tensorflow:loss = {train:.5f}, step = {at} (0.512 sec)\n"
        "INFO:tensorflow:global_step/sec: 195.3\n",
        tail="INFO:tensorflow:Saving dict for global step 800: accuracy = 0.9, "
        "global_step = 800, loss = 0.3\n",
        val=1,
    ),
    Printed(
        "TensorFlow object detection, each line twice",
        "INFO:tensorflow:global step {at}: loss = {train:.4f} (0.512 sec/step)\n"
        "I0101 10:00:00.1 139 learning.py:507] global step {at}: loss = "
        "{train:.4f} (0.5 sec/step)\n",
    ),
    Printed(
        "Megatron-LM",
        " iteration {at:>8}/  500000 | consumed samples:  25600 | elapsed time per iteration (ms): "
        "100.1 | learning rate: 1.500E-04 | global batch size:   256 | lm loss: {train:.6E} | loss "
        "scale: 1.0 | grad norm: 1.234 | number of skipped iterations:   0 | number of nan "
        "iterations:   0 |\n"
        " validation loss at iteration {at} | lm loss value: {val:.6E} | lm loss PPL: 2.4E+01 | \n",
        val=EPOCHS,
    ),
    Printed(
        "tqdm with the loss of each update behind it",
        "\n",
        batch="\rEpoch {n}/8:  {k}0%|{bar}| {k}/5 [00:00<00:05, 11.3it/s, loss={part:.3f}]"
        "\rEpoch {n}/8:  {k}0%|{bar}| {k}/5 [00:00<00:05, 11.3it/s, loss={part:.3f}]",
        train=EVERY_BATCH,
    ),
    Printed(
        "Lightning progress bar, drawn again and again",
        "\rEpoch {e}: 100%|██████████| 5/5 [00:10<00:00, 90.12it/s, v_num=0, "
        "train_loss={train:.3f}, val_loss={val:.3f}]\n",
        batch="\rEpoch {e}:  {k}0%|████      | {k}/5 [00:10<00:00, 90.12it/s, v_num=0, "
        "train_loss={part:.3f}, val_loss=2.400]",
        train=EVERY_BATCH + EPOCHS,
        val=EPOCHS,
    ),
    Printed(
        "Lightning progress bar",
        "\rEpoch {e}: 100%|██████████| 938/938 [00:10<00:00, 90.12it/s, v_num=0, "
        "train_loss={train:.3f}, val_loss={val:.3f}]\n",
        val=EPOCHS,
    ),
    Printed(
        "llm.c",
        "step {at:>4d}/18865 | loss {train:7.6f} (+nanz)| norm 15.3{e} (+nanz)| lr 1.00e-06 | "
        "3021.12 ms | 52.1% bf16 MFU | 173000 tok/s\nval loss {val:.6f}\n",
        val=EPOCHS,
    ),
    Printed(
        "litgpt",
        "Epoch 1 | iter {n} step {e} | loss train: {train:.3f}, val: n/a | iter time: 100.12 ms\n",
    ),
    Printed(
        "a loop in Chinese",
        "第 {n} 轮：训练损失：{train:.4f}，验证损失：{val:.4f}，学习率：0.001\n",
        val=EPOCHS,
    ),
    Printed("torchtune", "Step {n} | loss:{train:.10f} lr:0.0002 tokens_per_second:123.4 \n"),
    Printed(
        "torchtitan",
        "[rank0]:[titan] 2024-10-01 10:00:00,123 - root - INFO - \x1b[36mstep: "
        "{n:>2}  \x1b[32mloss:"
        " {train:7.4f}  \x1b[33mgrad_norm:  1.2345  \x1b[34mmemory: 40.12GiB(42.1%)\x1b[39m\n",
    ),
    Printed(
        "DeepSpeed",
        "[2021-01-01 10:00:00,000] [INFO] [Rank 0] step={at}, skipped=0, lr=[1e-05, 1e-05], "
        "mom=[(0.9, 0.95)]\nsteps: {at} loss: {train:.4f} iter time (s): 0.512 "
        "samples/sec: 100.1\n",
    ),
    Printed("XGBoost", "[{e}]\ttrain-logloss:{train:.5f}\tvalid-logloss:{val:.5f}\n", val=EPOCHS),
    Printed(
        "XGBoost with a clock",
        "[10:00:0{e}] [{e}]\ttrain-rmse:{train:.5f}\teval-rmse:{val:.5f}\n",
        val=EPOCHS,
    ),
    Printed(
        "LightGBM",
        "[{n}]\ttraining's binary_logloss: {train:.6f}\tvalid_1's binary_logloss: {val:.6f}\n",
        val=EPOCHS,
    ),
    Printed(
        "CatBoost",
        "{e}:\tlearn: {train:.7f}\ttest: {val:.7f}\tbest: {val:.7f} ({e})\ttotal: 20.1ms\n",
        head="Learning rate set to 0.05\n",
        val=EPOCHS,
    ),
    Printed(
        "fastai",
        "{e}         {train:.6f}    {val:.6f}    0.9{e}1000  00:1{e}     \n",
        head="epoch     train_loss  valid_loss  accuracy  time    \n",
        val=EPOCHS,
    ),
    Printed(
        "skorch",
        "      {n}        {train:.4f}       0.5{e}00        {val:.4f}  0.123{e}\n",
        head="  epoch    train_loss    valid_acc    valid_loss     dur\n"
        "-------  ------------  -----------  ------------  ------\n",
        val=EPOCHS,
    ),
    Printed(
        "a table in Markdown",
        "| {n} | {train:.4f} | {val:.4f} |\n",
        head="# Results\n\n| Epoch | Training Loss | Validation Loss |\n|---|---|---|\n",
        val=EPOCHS,
    ),
    Printed(
        "nnU-Net 1",
        "2020-01-01 10:00:00.1: \nepoch:  {e}\n2020-01-01 10:00:00.2: train loss : {train:.4f}\n"
        "2020-01-01 10:00:00.3: validation loss: {val:.4f}\n2020-01-01 10:00:00.4: lr: 0.01\n",
        val=EPOCHS,
    ),
    Printed(
        "nnU-Net 2",
        "2023-01-01 10:00:00.1: Epoch {e} \n2023-01-01 10:00:00.2: Current learning rate: 0.01 \n"
        "2023-01-01 10:00:00.2: train_loss {train:.4f} \n2023-01-01 10:00:00.3: "
        "val_loss {val:.4f} \n"
        "2023-01-01 10:00:00.3: Pseudo dice [0.8, 0.9] \n",
        val=EPOCHS,
    ),
    Printed(
        "darknet",
        "{n}: 9.{e}00000, {train:.6f} avg, 0.00100 rate, 3.2{e} seconds, {at} images\n"
        "Region 8 Avg IOU: 0.2, Class: 0.5, Obj: 0.4, No Obj: 0.5, .5R: 0.0,  count: 4\n",
        head="Loading weights...\n",
    ),
    Printed(
        "darknet of AlexeyAB",
        "\n {n}: 9.{e}00000, {train:.6f} avg loss, 0.001000 rate, 3.2{e} seconds, {at} images\n",
    ),
    Printed(
        "scikit-learn MLP",
        "Iteration {n}, loss = {train:.8f}\n",
        tail="Training loss did not improve more than tol=0.000100 for 10 consecutive epochs.\n",
    ),
    Printed(
        "ESPnet",
        "[host] 2021-01-01 10:00:00,000 (trainer:{e}) INFO: {n}epoch:train:1-50batch: "
        "iter_time=0.1, loss_ctc=1.1, acc=0.5, loss={train:.3f}, optim0_lr0=1e-05\n",
    ),
    Printed(
        "PaddleOCR",
        "[2021/01/01 10:00:00] root INFO: epoch: [{n}/500], iter: {at}, lr: 0.001000, "
        "loss: {train:.6f}, loss_shrink_maps: 1.1, reader_cost: 0.1 s, ips: 20.1\n",
    ),
    Printed(
        "PaddleDetection",
        "",
        batch="[01/01 10:00:00] ppdet.engine INFO: Epoch: [{e}] [{k}0/100] learning_rate: 0.0001 "
        "loss_xy: 0.1 loss: {part:.6f} eta: 1:00:00 batch_cost: 0.1 ips: 20.1 images/s\n",
        train=EVERY_BATCH,
    ),
    Printed(
        "MACE", "2023-01-01 10:00:00.000 INFO: Epoch {e}: loss={train:.4f}, RMSE_F=20.1 meV / A\n"
    ),
    Printed(
        "a loop of one's own",
        "Epoch {n}/8, Train Loss: {train:.4f}, Val Loss: {val:.4f}\n",
        val=EPOCHS,
    ),
    Printed(
        "a tutorial with bars",
        "Epoch: {n:02} | Epoch Time: 0m 1{e}s\n\tTrain Loss: {train:.3f} | Train Acc: 5{e}.10%\n"
        "\t Val. Loss: {val:.3f} |  Val. Acc: 4{e}.20%\n",
        val=EPOCHS,
    ),
    Printed(
        "PyTorch transfer tutorial",
        "Epoch {e}/7\n----------\ntrain Loss: {train:.4f} Acc: 0.6\nval Loss: "
        "{val:.4f} Acc: 0.7\n\n",
        val=EPOCHS,
    ),
    Printed(
        "PyTorch CIFAR tutorial",
        "",
        batch="[{n}, {k:5d}00] loss: {part:.3f}\n",
        train=EVERY_BATCH,
    ),
    Printed(
        "a tensor in print",
        "epoch {e} loss tensor({train:.4f}, device='cuda:0', grad_fn=<NllLossBackward>)\n",
    ),
    Printed("bare numbers", "{train:.4f}\n"),
    Printed("TensorBoard CSV", "17000000{at}.5,{at},{train:.6f}\n", head="Wall time,Step,Value\n"),
    Printed(
        "fastai CSVLogger",
        "{e},{train:.6f},{val:.6f},0.9,00:1{e}\n",
        head="epoch,train_loss,valid_loss,accuracy,time\n",
        val=EPOCHS,
    ),
    Printed(
        "Ultralytics with padded names",
        "{e:>23},{train:>23.5f},{at:>23},{val:>23.5f},{at:>23},{at:>23}\n",
        head="                  epoch,         train/box_loss,         metrics/mAP50(B),"
        "           val/box_loss,          other,             another\n",
        val=EPOCHS,
    ),
    Printed(
        "NequIP",
        " {n},  {at}.5,  0.005,  9.{e},  {train:.5f},  0.1,  9.{e},  {val:.5f}\n",
        head="epoch, wall, LR, training_loss_f, training_loss, training_f_mae, validation_loss_f, "
        "validation_loss\n",
        val=EPOCHS,
    ),
    Printed(
        "LLaMA-Factory",
        '{{"current_steps": {at}, "total_steps": 800, "loss": {train:.4f}, "lr": 5e-05, '
        '"epoch": {e}.5, "percentage": {n}0, "elapsed_time": "0:00:10"}}\n',
    ),
    Printed(
        "mmdetection JSON",
        '{{"mode": "val", "epoch": {n}, "iter": 7, "lr": 0.02, "loss": {val:.5f}, "mAP": 0.3}}\n',
        batch='{{"mode": "train", "epoch": {n}, "iter": 1{k}, "lr": 0.02, "loss": {part:.5f}}}\n',
        head='{"env_info": "sys.platform: linux", "seed": 0, "exp_name": "x.py"}\n',
        train=EVERY_BATCH,
        val=EPOCHS,
    ),
    Printed(
        "preference tuning",
        "{{'loss': {train:.4f}, 'rewards/chosen': 0.2, 'rewards/rejected': 0.3, "
        "'rewards/margins': 0.01, 'logps/chosen': -100.1, 'epoch': {e}.5}}\n",
    ),
    Printed(
        "a long table",
        "{e},train_loss,{train}\n{e},val_loss,{val}\n",
        head="step,metric,value\n",
        val=EPOCHS,
    ),
    Printed(
        "a table below a title",
        "{e},{train},{val}\n",
        head="My training run\nmodel: resnet\n\nepoch,loss,val_loss\n",
        val=EPOCHS,
    ),
    Printed(
        "YOLOv5 console",
        "\r     {e}/299     6.55G   0.09   0.04   0.01    {train:.4f}        52       640: "
        "100%|██████████| 10/10 [00:01<00:00]\n",
        batch="\r     {e}/299     6.55G   0.09   0.04   0.01    9.9        52       640: "
        "{k}0%|█         | {k}/10 [00:01<00:00]",
        head="      Epoch   gpu_mem       box       obj       cls     total    labels  img_size\n",
    ),
    Printed(
        "Composer",
        "[batch={n}/3200]:\n\t Train time/epoch: 0\n\t Train loss/train/total: {train:.4f}\n"
        "\t Train lr-DecoupledAdamW/group0: 0.001\n",
    ),
    Printed(
        "a logger beside progress bars on one line",
        "Epoch {n}/9::   0%|          | 0/41 [00:00<?, ?batch/s]Epoch {n}/9::   "
        "2%|▏| 1/41 [00:30<20:18,"
        " 30.46s/batch]2025-04-26 21:44:28,261|    INFO| Train: STEP {at} - EPOCH {e}/9 | "
        "loss: {train:.3E} | lr: 2.000E-07\n",
    ),
    Printed(
        "speechbrain",
        "epoch: {n}, lr: 1.00e-02 - train loss: {train:.2f} - valid loss: "
        "{val:.4f}, valid CER: 10.2\n",
        val=EPOCHS,
    ),
    Printed(
        "TensorBoard JSON",
        "[17000000{at}.5,{at},{train:.6f}],",
        head="[",
        tail="[1.5,900,0.9]]",
        train=EPOCHS + 1,
    ),
    Printed("an MLflow metric", "170000000{e}000 {train} {e}\n"),
)

REFUSED = (
    Printed(
        "Stable-Baselines3",
        "---------------------------\n| rollout/        |          |\n|    "
        "ep_rew_mean  | 2{e}.1     |\n"
        "| train/          |          |\n|    loss         | {train:.2f}     |\n"
        "---------------------------\n",
    ),
    Printed("DCGAN", "", batch="[{e}/25][{k}/5] Loss_D: {part:.4f} Loss_G: {val:.4f} D(x): 0.5\n"),
    Printed(
        "policy optimisation of a language model",
        "{{'loss': {train:.4f}, 'reward': 0.3, 'reward_std': 0.1, 'kl': 0.01, 'epoch': {e}.5}}\n",
    ),
    Printed(
        "Spinning Up",
        "| AverageEpRet | 2{e}.0 |\n| LossPi | 0.1{e} |\n| LossV | 1.{e} |\n-----------\n",
    ),
    Printed("episodes", "{e},{at},{train}\n", head="episode,reward,loss\n"),
    Printed(
        "Optuna trials",
        "{e},{train},2023-01-01 10:00:0{e},0.0{n},0.{e},COMPLETE\n",
        head="number,value,datetime_start,params_lr,params_dropout,state\n",
    ),
    Printed(
        "a grid search",
        "0.0{n},{at},0.{e},{train},{val}\n",
        head="learning_rate,batch_size,dropout,train_loss,val_loss\n",
    ),
    Printed("no loss at all", "{e},{at},{train}\n", head="a,b,c\n"),
)
