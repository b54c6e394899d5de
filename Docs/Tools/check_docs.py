#!/usr/bin/env python3
"""Runs and checks what the documentation says.

usage: check_docs.py BECKON [DOCUMENT...]      BECKON is the program, such as .build/release/beckon

Read are README.md, Docs/*.md and Docs/Lessons/*.md, in this order, or the documents named. Everything runs in one
scratch copy of Docs and Experiments, with BECKON in PATH, so nothing is left behind. The word after ``` decides:

    ```sh                    is run; it must end with 0
    ```sh data               is run if BECKON_DATA is set
    ```sh needs KIND/NAME    is run if this component is there ("needs NAME": this command)
    ```sh no-run: REASON     is not run
    ```output                lines that the block before it printed, spaces aside; … stands for others
    ```output anywhere       likewise, on whatever machine
    ```json                  is validated: a spec (it has a task, or extends one) as it stands; a fragment as laid over
                             the example of SpecFormat.md without its variants; a message (it has an id) is only parsed
    ```json needs KIND/NAME  likewise, if this component is there
    ```json over FILE        a fragment laid over a spec in Experiments

A table after a line <!-- expect RUN --> holds figures of the folder Runs/RUN: variants in the first column, metrics in
the first row; means over the seeds. They must agree to the last digit printed, on the instruction set of the line
<!-- measured on NAME --> in the document. Elsewhere a figure may differ by 0.03, or a tenth of its size; "… RUN within
0.1" says how much instead. Also checked: that links lead somewhere, and that Components.md is what the program
writes. Needs Python 3.9 and nothing else.
"""

import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 300  # for one block


class Block:
    def __init__(self, line, info, text):
        self.line, self.info, self.text = line, info, text
        self.language, _, self.rule = info.partition(" ")


def read(path):
    """The fenced blocks and expected tables of a document, its lines outside of blocks, and where it was measured.

    A fence that is not closed gives an empty block "unclosed": what it should have held is lost.
    """
    blocks, prose, fence, expected = [], [], None, None
    measured = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if fence is not None:
            if line.strip() == "```":
                blocks.append(fence)
                fence = None
                continue
            if not line.lstrip().startswith("```"):
                fence.text += line + "\n"
                continue
            # What closes a fence says nothing more: this line begins another one.
            blocks.append(Block(fence.line, "unclosed", ""))
        if line.lstrip().startswith("```"):
            fence = Block(number, line.strip().strip("`").strip(), "")
            continue
        prose.append((number, line))
        if found := re.fullmatch(r"<!-- expect (\S+)(?: within (\S+))? -->", line.strip()):
            # The rows are read when the commands before them have run.
            expected = Block(number, "expect", "")
            expected.run, expected.within, expected.rows = found[1], found[2], []
            blocks.append(expected)
        elif found := re.fullmatch(r"<!-- measured on (\S+) -->", line.strip()):
            measured = found[1]
        elif expected is not None and line.startswith("|"):
            expected.rows.append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
        elif line.strip():
            expected = None
    if fence is not None:
        blocks.append(Block(fence.line, "unclosed", ""))
    return blocks, prose, measured


class Check:
    def __init__(self, beckon):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="beckon-docs-"))
        for name in ["Docs", "Experiments"]:
            shutil.copytree(ROOT / name, self.scratch / name)
        (self.scratch / "bin").mkdir()
        (self.scratch / "bin" / "beckon").symlink_to(beckon)
        self.environment = {
            **os.environ, "PATH": f"{self.scratch / 'bin'}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"
        }
        if "BECKON_DATA" in os.environ:
            self.environment["BECKON_DATA"] = str(pathlib.Path(os.environ["BECKON_DATA"]).resolve())
        self.mistakes, self.skipped, self.counts = [], [], {}

    def beckon(self, *words):
        return subprocess.run(
            ["beckon", *words], cwd=self.scratch, env=self.environment, capture_output=True, text=True)

    def wrong(self, path, line, what):
        self.mistakes.append(f"{path.relative_to(ROOT)}:{line}: {what}")
        print("WRONG", self.mistakes[-1], flush=True)

    def skip(self, path, block, why):
        self.skipped.append(f"{path.relative_to(ROOT)}:{block.line}: {why}")

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def is_out(self, path, block):
        """Whether the block's rule keeps it from being checked here."""
        rule = block.rule
        if rule.startswith("no-run: ") and len(rule) > len("no-run: "):
            self.skip(path, block, rule)
        elif rule == "data":
            if "BECKON_DATA" in os.environ:
                return False
            self.skip(path, block, "no BECKON_DATA")
        elif rule.startswith("needs "):
            need = rule.split()[1]
            asked = ["components", need] if "/" in need else ["help", need]
            if self.beckon(*asked).returncode == 0:
                return False
            self.skip(path, block, f"there is no {need}")
        elif rule == "" or rule.startswith("over "):
            return False
        else:
            self.wrong(path, block.line, f"a fence says '{block.info}', which means nothing; see check_docs.py")
        return True

    def document(self, path):
        blocks, prose, measured = read(path)
        printed = None
        for block in blocks:
            if block.language == "sh":
                printed = None if self.is_out(path, block) else self.run(path, block)
            elif block.language == "output" and printed is not None:
                self.output(path, block, printed, measured)
            elif block.language == "expect":
                self.expect(path, block, measured)
            elif block.language == "unclosed":
                self.wrong(path, block.line, "the fence is never closed, so what follows it is not checked")
            elif block.language == "json" and not self.is_out(path, block):
                self.json(path, block)
        for number, line in prose:
            for link in re.findall(r"\]\(([^)#\s]+)", line):
                if "://" not in link and not link.startswith("mailto:") and not (path.parent / link).exists():
                    self.wrong(path, number, f"the link to {link} leads nowhere")

    def run(self, path, block):
        began = time.monotonic()
        try:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block.text], cwd=self.scratch, env=self.environment,
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.wrong(path, block.line, f"took more than {SECONDS} s")
            return None
        seconds = time.monotonic() - began
        self.count("commands run")
        print(f"{seconds:6.1f} s  {path.relative_to(ROOT)}:{block.line}", flush=True)
        if done.returncode != 0:
            self.wrong(path, block.line, f"ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def output(self, path, block, printed, measured):
        """Every line must have been printed. Where figures differ, so may the names in such a line."""
        if block.rule != "anywhere" and not self.is_here(measured):
            return self.skip(path, block, f"measured on {measured}")
        self.count("outputs compared")
        lines = {" ".join(line.split()) for line in printed.split("\n")}
        for offset, line in enumerate(block.text.split("\n"), 1):
            if line.strip() not in ["", "…"] and " ".join(line.split()) not in lines:
                self.wrong(path, block.line + offset, f"was not printed: {line.strip()}")

    def is_here(self, measured):
        """Whether figures were measured on the instruction set of this machine, as its results name it."""
        if not hasattr(self, "instructions"):
            self.instructions = ""
            for file in (self.scratch / "Runs").glob("*/results.json"):
                self.instructions = json.loads(file.read_text())["instructionSet"]
        return measured == self.instructions

    def expect(self, path, block, measured):
        if len(block.rows) < 3:
            return self.wrong(path, block.line, "no table follows")
        folder = self.scratch / "Runs" / block.run
        if not (folder / "results.json").exists():
            return self.skip(path, block, f"Runs/{block.run} was not run")
        results = json.loads((folder / "results.json").read_text())
        is_here = measured == results["instructionSet"]
        values = {}
        for run in results["runs"]:
            for metric, value in run["metrics"].items():
                values.setdefault((run["variant"], metric), []).append(value)
        (_, header), rows = block.rows[0], block.rows[2:]
        for number, row in rows:
            for metric, cell in zip(header[1:], row[1:]):
                metric, variant = metric.strip("`"), row[0].strip("`")
                if cell in ["", "–"]:
                    continue
                if (variant, metric) not in values:
                    self.wrong(path, number, f"Runs/{block.run} has no {metric} of '{variant}'")
                    continue
                found = values[variant, metric]
                found = sum(found) / len(found)
                self.count("figures compared")
                said = float(cell.replace("−", "-"))
                digits = len(cell.partition(".")[2])
                room = 0.51 * 10**-digits if is_here else float(block.within or max(0.03, abs(said) / 10))
                if not abs(found - said) <= room:
                    self.wrong(path, number, f"{metric} of '{variant}' is {found:.6f}, not {cell}")

    def json(self, path, block):
        text = block.text.strip()
        try:
            value = json.loads(text if text.startswith("{") else "{" + text + "}")
        except ValueError as error:
            return self.wrong(path, block.line, f"no JSON: {error}")
        self.count("JSON blocks")
        if "id" in value:
            return
        folder = self.scratch / "Experiments"
        if not ("task" in value and "dataset" in value or "extends" in value):
            # The program itself lays a fragment over its base.
            base = block.rule.removeprefix("over ") if block.rule.startswith("over ") else "the-example.json"
            value["extends"] = base
        file = folder / "a-block.json"
        file.write_text(json.dumps(value), encoding="utf-8")
        checked = self.beckon("validate", str(file), "--quiet")
        if checked.returncode != 0:
            self.wrong(path, block.line, f"is refused\n{checked.stderr}")

    def example(self):
        """The example of SpecFormat.md without its variants, for fragments to be laid over."""
        blocks, _, _ = read(ROOT / "Docs" / "SpecFormat.md")
        example = json.loads(next(block for block in blocks if block.language == "json").text)
        del example["variants"]
        (self.scratch / "Experiments" / "the-example.json").write_text(json.dumps(example), encoding="utf-8")

    def components(self):
        page = ROOT / "Docs" / "Components.md"
        if page.read_text(encoding="utf-8") != self.beckon("components", "--markdown").stdout:
            self.wrong(page, 1, "is stale: beckon components --markdown > Docs/Components.md")


def main():
    beckon = pathlib.Path(sys.argv[1]).resolve()
    documents = [pathlib.Path(name).resolve() for name in sys.argv[2:]]
    if not documents:
        pages = [page for folder in ("Docs", "Docs/Lessons") for page in sorted((ROOT / folder).glob("*.md"))]
        documents = [ROOT / "README.md", *pages]
    began = time.monotonic()
    check = Check(beckon)
    try:
        check.example()
        check.components()
        for path in documents:
            check.document(path)
    finally:
        shutil.rmtree(check.scratch)
    for line in check.skipped:
        print("not run:", line)
    print(", ".join(f"{count} {what}" for what, count in check.counts.items()), f"in {time.monotonic() - began:.0f} s")
    if check.mistakes:
        sys.exit(f"{len(check.mistakes)} mistakes:\n" + "\n".join(line.split("\n")[0] for line in check.mistakes))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main()
