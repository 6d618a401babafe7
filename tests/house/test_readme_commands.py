"""The script that runs README's commands finds what a reader would type."""

from tests.processes import readme_commands


def test_commands_come_out_of_sh_fences_only() -> None:
    text = (
        "```sh\ngit clone somewhere\ncd countersign\nmake run  # the lot\n```\n\n```console\nnot this\n```\n```sh\nmake \\\n  test\n```\n"
    )
    assert readme_commands.commands(text) == ["make run", "make test"]


def test_the_two_commands_stand_in_the_readme() -> None:
    found = readme_commands.commands((readme_commands.ROOT / "README.md").read_text("utf-8"))
    assert found.index("make run") < found.index("make test")
