"""Figures that tests of the trade want seen, printed at the end of the run."""

from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say every figure a test recorded, and how many guards were shown to matter."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    told = [
        pair for report in reports if isinstance(report, pytest.TestReport) and report.when == "call" for pair in report.user_properties
    ]
    lines = [str(value) for name, value in told if name == "figure"]
    if guards := sum(name == "guard" for name, _ in told):
        lines.append(f"guards: {guards} removed one by one, each missed by the walk's model")
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
