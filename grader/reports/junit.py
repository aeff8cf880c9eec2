"""JUnit XML, as CI systems read it: a suite a task, a case a check.

What keeps a pass from being a distinction is skipped, not failed: the job is green when the tasks pass.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from grader.reports.reading.card import Card, Check, Task

FILE = "junit.xml"


def render(card: Card) -> str:
    """The XML."""
    root = ET.Element("testsuites", name=card.submission, tests=str(len(card.checks)))
    counts = dict.fromkeys(("failures", "errors", "skipped"), 0)
    for task in card.tasks:
        root.append(_suite(card, task, counts))
    if not card.honest:
        counts["failures"] += 1
        root.append(_interference(card))
    for name, count in counts.items():
        root.set(name, str(count))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(card: Card, task: Task, counts: dict[str, int]) -> ET.Element:
    suite = ET.Element("testsuite", name=f"{task.letter}: {task.title}", tests=str(len(task.checks)))
    kinds = {"failure": "failures", "error": "errors", "skipped": "skipped"}
    mine = dict.fromkeys(counts, 0)
    for check in task.checks:
        case = ET.SubElement(suite, "testcase", classname=f"{card.submission}.{task.letter}", name=check.id)
        if kind := _kind(check):
            counts[kinds[kind]] += 1
            mine[kinds[kind]] += 1
            ET.SubElement(case, kind, message=check.requirement).text = _text(check)
    for name, count in mine.items():
        suite.set(name, str(count))
    return suite


def _kind(check: Check) -> str:
    """The element that says how a check ended; "" where it passed."""
    if check.passed:
        return ""
    if check.outcome in ("error", "inconclusive"):
        return "error"
    return "skipped" if check.level == "distinction" else "failure"


def _text(check: Check) -> str:
    said = (("seen", check.observed), ("expected", check.expected), ("why", check.why))
    return "\n".join(f"{name}: {text}" for name, text in said if text)


def _interference(card: Card) -> ET.Element:
    suite = ET.Element("testsuite", name="integrity", tests="1", failures="1", errors="0", skipped="0")
    case = ET.SubElement(suite, "testcase", classname=f"{card.submission}.integrity", name="integrity")
    text = "\n".join(finding.text for finding in card.findings if finding.interference)
    ET.SubElement(case, "failure", message="The submission interfered with its grading.").text = text
    return suite
