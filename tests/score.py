#!/usr/bin/env python3
"""Score extracted time expressions, commitments and items against an annotated set.

    score.py GOLD_DIR [--timexes PRED] [--commitments PRED] [--items PRED] [--no-items] [--misses]
    score.py expressions.jsonl --answers PRED

GOLD_DIR holds timexes.jsonl, commitments.jsonl, items.jsonl (fields: data/GUIDE.md) and, where some spans
count neither way, ignore.jsonl. A prediction file holds one JSON object a line as `tracker extract` prints it
(`--answers`: as `tracker timex` prints it). `doc` ties a line to its document where the set has several; pass
--no-items for documents/, whose item numbers are not compared.

Two commitments match when they stand in the same document and item and their quotes share at least half of the
shorter one in one run; then the shares of matched pairs follow with the right quote (the common run is at least 0.8
of the longer: a whole paragraph is no quote), due day, agencies, lead, recurrence, kind, targets (comparator, value and
unit). `strict_f1` counts a commitment only with the right quote AND due day AND agencies. A time expression
more than twice as long as the annotated one is no match. Needs nothing beyond the standard library.
"""

import argparse
import json
import re
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path

GROUPS_WITHOUT_NAME = {"相关单位", "有关单位", "相关部门", "有关部门", "部门", "单位"}


def lines(path):
    return [json.loads(row) for row in Path(path).read_text("utf-8").splitlines() if row.startswith("{")]


def heal(text):
    return re.sub(r"\s+", "", text or "").translate(str.maketrans("（），；：－—–～~．", "(),;:-----."))


def run_length(a, b):
    return SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size if a and b else 0


def overlap(a, b):
    a, b = heal(a), heal(b)
    return run_length(a, b) / min(len(a), len(b)) if a and b else 0.0


def same_quote(g, p):
    a, b = heal(g.get("quote")), heal(p.get("quote"))
    return bool(a and b) and run_length(a, b) >= 0.8 * max(len(a), len(b))


def pair(gold, pred, similarity, floor):
    """Greedy one-to-one pairing, best similarity first, within each document and item."""
    groups = defaultdict(lambda: ([], []))
    for side, found in enumerate((gold, pred)):
        for row in found:
            groups[str(row.get("doc") or ""), str(row.get("item") or "")][side].append(row)
    pairs, missed, spurious = [], [], []
    for golds, preds in groups.values():
        scored = sorted(
            ((similarity(g, p), i, j) for i, g in enumerate(golds) for j, p in enumerate(preds)),
            key=lambda s: (-s[0], s[1], s[2]),
        )
        used_g, used_p = set(), set()
        for score, i, j in scored:
            if score >= floor and i not in used_g and j not in used_p:
                used_g.add(i), used_p.add(j)
                pairs.append((golds[i], preds[j]))
        missed += [g for i, g in enumerate(golds) if i not in used_g]
        spurious += [p for j, p in enumerate(preds) if j not in used_p]
    return pairs, missed, spurious


def not_ignored(spurious, gold_dir):
    """Leaves out predictions on spans that count neither way (ignore.jsonl)."""
    path = Path(gold_dir) / "ignore.jsonl"
    ignored = defaultdict(list)
    for row in lines(path) if path.exists() else []:
        ignored[str(row.get("doc") or "")].append(row["quote"])
    return [p for p in spurious if not any(overlap(q, p.get("quote")) >= 0.5 for q in ignored[str(p.get("doc") or "")])]


def f1(right, found, wanted):
    precision = right / found if found else 1.0
    recall = right / wanted if wanted else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def prf(pairs, missed, spurious):
    values = f1(len(pairs), len(pairs) + len(spurious), len(pairs) + len(missed))
    return dict(zip(("precision", "recall", "f1"), (round(v, 4) for v in values), strict=True))


def share(pairs, same):
    return round(sum(bool(same(g, p)) for g, p in pairs) / len(pairs), 4) if pairs else None


def equal(*keys):
    return lambda g, p: all(g.get(k) == p.get(k) for k in keys)


def names(key):
    """各 and 每个 before a name, and bare 相关单位 and the like, make no difference: two people differ there too."""

    def of(row):
        return {re.sub(r"^(各|每个)", "", heal(a)) for a in row.get(key) or []} - GROUPS_WITHOUT_NAME

    return lambda g, p: of(g) == of(p)


def measures(row):
    """A bare count ("建成3个") is met by at least that many, so = counts as >=; a unit may carry 个 or 以上."""
    out = set()
    for t in row.get("targets") or []:
        try:
            value = float(t["value"])
        except (TypeError, ValueError, KeyError):
            value = t.get("value")
        unit = re.sub(r"^个(?=.)", "", heal(t.get("unit")))
        out.add((">=" if t.get("op") == "=" else t.get("op"), value, unit))
    return out


def commitment_similarity(g, p):
    text = overlap(g.get("quote"), p.get("quote"))
    return text + 0.25 * (g.get("due") == p.get("due")) + 0.25 * same_quote(g, p) if text >= 0.5 else 0.0


def timex_similarity(g, p):
    a, b = heal(g["quote"]), heal(p["quote"])
    if not (a in b or b in a) or len(b) > 2 * len(a) or not b:
        return 0.0
    near = overlap(g.get("context"), p.get("context")) if p.get("context") else 0.5
    return 0.1 + near + 0.5 * (a == b) + 0.25 * (g.get("end") == p.get("end"))


def score_timexes(gold_dir, gold, pred):
    pairs, missed, spurious = pair(gold, pred, timex_similarity, 0.1)
    spurious = not_ignored(spurious, gold_dir)
    wrong = [("timex wrong", {"gold": g, "pred": p}) for g, p in pairs if not equal("end", "role")(g, p)]
    return prf(pairs, missed, spurious) | {
        "gold": len(gold),
        "exact_span": share(pairs, lambda g, p: heal(g["quote"]) == heal(p["quote"])),
        "value": share(pairs, equal("type", "value")),
        "mod": share(pairs, equal("mod")),
        "end": share(pairs, equal("end")),
        "role": share(pairs, equal("role")),
    }, [("timex missed", g) for g in missed] + [("timex spurious", p) for p in spurious] + wrong


def score_commitments(gold_dir, gold, pred):
    pairs, missed, spurious = pair(gold, pred, commitment_similarity, 0.5)
    spurious = not_ignored(spurious, gold_dir)
    agencies = names("agencies")
    strict = sum(g.get("due") == p.get("due") and agencies(g, p) and same_quote(g, p) for g, p in pairs)
    wrong = [
        ("commitment wrong", {"gold": g, "pred": p})
        for g, p in pairs
        if g.get("due") != p.get("due") or not agencies(g, p) or not same_quote(g, p)
    ]
    return prf(pairs, missed, spurious) | {
        "gold": len(gold),
        "quote": share(pairs, same_quote),
        "due": share(pairs, equal("due")),
        "agencies": share(pairs, agencies),
        "lead": share(pairs, names("lead")),
        "recurrence": share(pairs, equal("recurrence")),
        "kind": share(pairs, equal("kind")),
        "year_from": share(pairs, equal("year_from")),
        "targets": share([x for x in pairs if x[0].get("targets")], lambda g, p: measures(g) == measures(p)),
        "strict_f1": round(f1(strict, len(pairs) + len(spurious), len(gold))[2], 4),
    }, [("commitment missed", g) for g in missed] + [("commitment spurious", p) for p in spurious] + wrong


def score_items(_, gold, pred):
    found = {str(p["item"]): p for p in pred}
    pairs = [(g, found[str(g["item"])]) for g in gold if str(g["item"]) in found]
    right = [(g, p) for g, p in pairs if heal(g["title"]) == heal(p.get("title")) and names("agencies")(g, p)]
    wrong = [("item wrong", {"gold": g, "pred": p}) for g, p in pairs if (g, p) not in right]
    return {"gold": len(gold), "found": len(pairs), "predicted": len(pred), "right": len(right)}, wrong


def score_answers(gold, pred):
    """An answer is right when a mention covers the whole text with the same end days; exact: type, value, mod too."""
    right = exact = 0
    detail = []
    for g, answer in zip(gold, pred, strict=True):
        whole = [t for t in answer["timexes"] if heal(t["quote"]) == heal(g["text"])]
        ends = g.get("ends") or [g["end"]]
        good = [
            t
            for t in whole
            if (t.get("ends") or [t.get("end")]) == ends or (not g.get("ends") and t.get("end") == g["end"])
        ]
        right += bool(good)
        same = any(equal("type", "value", "mod")(g, t) for t in good)
        exact += same
        if not same:
            detail.append(("expression", {"gold": g, "pred": answer["timexes"]}))
    return {"cases": len(gold), "right": right, "exact": exact}, detail


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("gold")
    for option in ("timexes", "commitments", "items", "answers"):
        ap.add_argument(f"--{option}")
    ap.add_argument("--misses", action="store_true"), ap.add_argument("--no-items", action="store_true")
    ns = ap.parse_args()
    out, detail = {}, []
    for what, score in (("timexes", score_timexes), ("commitments", score_commitments), ("items", score_items)):
        if path := getattr(ns, what):
            gold, pred = lines(Path(ns.gold) / f"{what}.jsonl"), lines(path)
            blank = {"item": None} if ns.no_items else {}
            blank |= {} if any(g.get("doc") for g in gold) else {"doc": None}
            out[what], more = score(ns.gold, [g | blank for g in gold], [p | blank for p in pred])
            detail += more
    if ns.answers:
        out["expressions"], more = score_answers(lines(ns.gold), lines(ns.answers))
        detail += more
    print(json.dumps(out, ensure_ascii=False, indent=1))
    if ns.misses:
        for label, row in detail:
            print(label, json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
