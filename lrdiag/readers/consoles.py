"""The trainers of language, speech and diffusion whose console logs are read, as far as tested.

None of them has a reader: all are lines that name their numbers, and ``text`` reads them.
"""

from lrdiag.readers.reader import Tool

LANGUAGE = (
    Tool("Hugging Face Trainer (console)", "console", "the dictionaries between its bars"),
    Tool("Hugging Face accelerate examples", "console", "the validation loss of each epoch"),
    Tool("MaxText", "console"),
    Tool("OLMo-core", "console"),
    Tool("T5X", "console"),
    Tool("Levanter", "console", "the loss of its progress lines, evaluation apart"),
    Tool("NeMo", "nemo_log_*.txt", "a validation is taken where the bar shows a new one"),
    Tool("Axolotl", "debug.log"),
    Tool("TRL SFTTrainer", "console"),
    Tool("build-nanogpt", "log.txt", "hella is an accuracy"),
    Tool("modded-nanogpt", "<uuid>.txt", "the source code above the log is passed over"),
    Tool("torchtitan", "console"),
    Tool("Megatron-LM", "console", "the loss on the test set stays apart"),
    Tool("GPT-NeoX", "console"),
    Tool("OLMo", "console", "one of the validation losses is taken; the others are named"),
    Tool("Marian", "train.log", "the mean of the cross-entropy before its sum"),
    Tool("spaCy", "console", "the losses of the components are added up"),
    Tool("PyTorch word_language_model", "console"),
    Tool("nanoGPT", "console"),
    Tool("nanochat", "console", "validation in bits per byte"),
    Tool("llm.c", "console or main.log"),
    Tool("LitGPT", "console"),
    Tool("torchtune", "console or log_*.txt"),
    Tool("DeepSpeed", "console"),
    Tool("fairseq", "console or train.log"),
    Tool("OpenNMT-py", "console", "xent; it prints no validation loss, only its perplexity"),
)
SPEECH = (
    Tool("Coqui TTS", "trainer_0_log.txt"),
    Tool("WeNet", "console", "Batch 3/200 is batch 200 of epoch 3"),
    Tool("ESPnet", "train.log"),
    Tool("icefall", "log-train-*"),
    Tool("SpeechBrain", "train_log.txt"),
)
DIFFUSION = (Tool("guided-diffusion", "log.txt"),)
