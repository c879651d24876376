"""The tools whose console logs are read, as far as they are tested.

None of them has a reader: all are lines that name their numbers, and ``text`` reads them.
"""

from lrdiag.readers.reader import Tool

LANGUAGE = (
    Tool("Hugging Face Trainer (console)", "console", "the dictionaries between its bars"),
    Tool("Hugging Face accelerate examples", "console", "the validation loss of each epoch"),
    Tool("MaxText", "console"),
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
    Tool("icefall", "log-train-*"),
    Tool("SpeechBrain", "train_log.txt"),
)
DIFFUSION = (Tool("guided-diffusion", "log.txt"),)
