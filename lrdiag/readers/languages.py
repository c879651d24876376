"""The words of logs in other languages than English, as data.

Only words that name what lrdiag reads, and only those whose meaning is plain: the French
précision is an accuracy to some and a precision to others, so it is not here.
"""

import re
import unicodedata

# The English word, and what means it; several words in one are joined by "_".
_WORDS = {
    "loss": "verlust perte perdida perda perdita fehler потери потеря потерь 损失 損失 손실",
    "cost": "coste custo cout costo",
    "train": (
        "trainings entrainement entrenamiento treinamento treino addestramento allenamento "
        "apprentissage обучение обучения обучении 训练 訓練 学習 學習 훈련 학습"
    ),
    "train loss": "trainingsverlust trainingsfehler lernverlust",
    "val": (
        "validierung validierungs validacion validacao validazione валидация валидации проверка "
        "проверки 验证 驗證 検証 검증"
    ),
    "val loss": "validierungsverlust validierungsfehler testverlust testfehler",
    "test": "prueba prova prove 测试 測試 テスト",
    "accuracy": (
        "genauigkeit exactitude exactitud acuracia accuratezza точность 准确率 準確率 精度 正解率 "
        "정확도"
    ),
    "val accuracy": "validierungsgenauigkeit testgenauigkeit",
    "train accuracy": "trainingsgenauigkeit",
    "learning rate": (
        "lernrate taux_d_apprentissage tasa_de_aprendizaje taxa_de_aprendizado "
        "taxa_de_aprendizagem tasso_di_apprendimento скорость_обучения 学习率 學習率 学習率 학습률"
    ),
    "epoch": ("epoche epochen epoque epoca epocas эпоха эпохи эпох 轮次 轮 輪次 輪 エポック 에폭"),
    "step": "schritt schritte pas etape paso passo шаг шаги 步数 步 ステップ 스텝",
    "iteration": "iteracion iteracao iterazione итерация 迭代",
    "time": "zeit temps tiempo tempo время 时间 時間 시간",
}
_JOINING = re.compile(r"\b(?:de|du|des|di|da|do|d|la|le|del|della|der|en|el|на|при)\b")


def fold(text: str) -> str:
    """Return text in small letters without accents: "Époque" is "epoque"."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def translate(text: str) -> str:
    """Return folded text in which the words of other languages are English.

    Args:
        text: Small letters without accents, as ``fold`` makes them.
    """
    said = _KNOWN.sub(lambda found: f" {_ENGLISH[_GAP.sub('_', found.group())]} ", text)
    return text if said == text else _JOINING.sub(" ", said)


_GAP = re.compile(r"[\W_]+")
_ENGLISH = {fold(word): english for english, words in _WORDS.items() for word in words.split()}


def _pattern(word: str) -> str:
    parts = r"[\W_]+".join(map(re.escape, word.split("_")))
    # Chinese, Japanese and Korean write words side by side.
    return parts if ord(word[0]) > 0x1100 else rf"(?<![^\W\d_]){parts}(?![^\W\d_])"


_KNOWN = re.compile("|".join(map(_pattern, sorted(_ENGLISH, key=len, reverse=True))))
