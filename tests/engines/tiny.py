"""Models of a few kilobytes, trained in a second to know a dozen words by heart."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForTokenClassification, BertModel, PreTrainedTokenizerFast

# More threads than cores wait for each other, most of all with models this small.
torch.set_num_threads(1)

TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC"]
KNOWN = {
    **{"Amina": "B-PER", "Yusuf": "I-PER", "Rahman": "B-PER"},
    **{"Tea": "B-ORG", "Board": "I-ORG", "Lima": "B-LOC"},
    **{"জুনাইদ": "B-PER", "পলক": "I-PER", "امینه": "B-PER", "یوسفی": "I-PER"},
    **dict.fromkeys(["The", "of", "the", "met", "and", "in", "said", "spoke", "envoy"], "O"),
    **dict.fromkeys([".", ",", "-", "left", "বলেন", "।", "گفت"], "O"),
}
LABELS = ("person", "organization")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
POSITIONS = 48


def tokenizer(kind: Literal["wordpiece", "unigram"]) -> PreTrainedTokenizerFast:
    """A fast tokenizer that knows the words whole, and any other by its letters."""
    letters = sorted({*string.ascii_letters, *string.digits, *"".join(KNOWN)})
    if kind == "wordpiece":
        words = [*SPECIAL, *KNOWN, *LABELS, *letters, *(f"##{letter}" for letter in letters)]
        vocab = {word: index for index, word in enumerate(dict.fromkeys(words))}
        made = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    else:
        scores = [(word, 0.0) for word in SPECIAL]
        scores += [(f"▁{word}", -1.0) for word in (*KNOWN, *LABELS)]
        scores += [(word, -9.0) for word in ["▁", *letters] if word not in KNOWN]
        made = Tokenizer(models.Unigram(scores, unk_id=1, byte_fallback=False))
        made.normalizer = normalizers.NFKC()
        made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **names)


def sentences(count: int) -> list[list[str]]:
    """Names whole and in parts, between other words."""
    chance = random.Random(7)
    names = ["Amina Yusuf", "Tea Board", "জুনাইদ পলক", "امینه یوسفی", "Rahman", "Lima"]
    others = [*KNOWN, *(letter * 3 for letter in "xyz")]
    parts = [chance.choice(names if chance.random() < 0.5 else others) for _ in range(6 * count)]
    return [" ".join(parts[at : at + 6]).split() for at in range(0, len(parts), 6)]


def bert(tokens: PreTrainedTokenizerFast, positions: int = POSITIONS, **more: Any) -> BertConfig:
    return BertConfig(
        vocab_size=len(tokens),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=positions,
        **more,
    )


def huggingface(folder: Path, kind: Literal["wordpiece", "unigram"] = "wordpiece") -> Path:
    """A saved token classifier for KNOWN; it takes 46 pieces at once."""
    torch.manual_seed(7)
    tokens = tokenizer(kind)
    model = BertForTokenClassification(
        bert(tokens, id2label=dict(enumerate(TAGS)), label2id={t: i for i, t in enumerate(TAGS)})
    )
    batch = tokens(sentences(64), is_split_into_words=True, return_tensors="pt", padding=True)
    labels = torch.full_like(batch["input_ids"], -100)
    for row, words in enumerate(sentences(64)):
        seen: set[int] = set()
        for column, word in enumerate(batch.word_ids(row)):
            if word is not None and word not in seen:
                seen.add(word)
                labels[row, column] = TAGS.index(KNOWN.get(words[word], "O"))
    fit(model, lambda: model(**batch, labels=labels).loss, steps=80)
    model.save_pretrained(folder)
    tokens.save_pretrained(folder)
    return folder


def fit(model: Any, loss: Any, steps: int, rate: float = 0.01) -> None:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    model.eval()


def gliner(folder: Path) -> Path:
    """A saved GLiNER that knows the same names as LABELS; it takes 24 words at once."""
    from gliner import GLiNER, GLiNERConfig

    torch.manual_seed(7)
    backbone = folder / "backbone"
    tokens = tokenizer("unigram")
    tokens.save_pretrained(backbone)
    BertModel(bert(tokens, positions=96)).save_pretrained(backbone)
    config = GLiNERConfig(
        model_name=str(backbone), hidden_size=32, max_len=24, max_width=4, span_mode="marker"
    )
    model = GLiNER.from_config(config)
    examples = [{"tokenized_text": words, "ner": spans(words)} for words in sentences(96)]
    collator = model.data_collator_class(
        model.config, data_processor=model.data_processor, prepare_labels=True
    )
    # Labels in an order by lot, else a label's place would tell it, not its words. The lot is
    # ours: left to itself the collator begins with the order of Python's hashes, which is
    # another in each run.
    chance = random.Random(7)
    batches = cycle(
        [
            collator([e | {"ner_labels": chance.sample(LABELS, 2)} for e in examples[at::2]])
            for at in (0, 1) * 4
        ]
    )
    # Faster, it does not settle: with 0.01 three of eight trainings got a name wrong.
    fit(model, lambda: model(**next(batches)).loss, steps=700, rate=0.003)
    model.save_pretrained(folder, safe_serialization=True)
    return folder


def spans(words: Sequence[str]) -> list[tuple[int, int, str]]:
    named = dict(zip(("B-PER", "B-ORG"), LABELS, strict=True))
    found = []
    for at, word in enumerate(words):
        tag = KNOWN.get(word, "O")
        if tag in named:
            following = KNOWN.get(words[at + 1], "O") if at + 1 < len(words) else "O"
            found.append((at, at + (following == f"I-{tag[2:]}"), named[tag]))
    return found
