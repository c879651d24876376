import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.prose import render_prose
from lrdiag.rules import RULES


def test_the_sections_of_a_docstring() -> None:
    html = str(
        render_prose(
            """
            ## What it shows
            The loss `jumps`,
            twice.

            ## Example
                step,loss
                1,<b>

            ## References
            - One,
              continued.
            - Two: https://example.org/a?b=1.
            """
        )
    )
    assert html == (
        "<h2>What it shows</h2>\n<p>The loss <code>jumps</code>, twice.</p>\n"
        "<h2>Example</h2>\n"
        '<pre tabindex="0"><code>step,loss\n1,&lt;b&gt;</code></pre>\n'
        "<h2>References</h2>\n<ul><li>One, continued.</li><li>Two: "
        '<a href="https://example.org/a?b=1" rel="noreferrer">https://example.org/a?b=1</a>.'
        "</li></ul>"
    )


def test_only_web_addresses_become_links() -> None:
    html = str(render_prose("[a](javascript:alert(1)) [b](https://example.org) <script>"))
    assert html.count("<a ") == 1
    assert "<script>" not in html
    assert ">b</a>" in html


def test_codes_lead_to_rules_that_exist() -> None:
    html = str(render_prose("See LR104 and XX999.", ["LR104"]))
    assert html == '<p>See <a href="/rules/LR104">LR104</a> and XX999.</p>'


@settings(deadline=None)  # the cores are shared
@given(st.text(alphabet="<>&\"'`*#-[]()1. \nabh:/"))
def test_no_text_becomes_a_tag_of_its_own(text: str) -> None:
    html = str(render_prose(text))
    tags = set(re.findall(r"</?([a-zA-Z][^\s>]*)", html))
    assert tags <= {
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "ul",
        "ol",
        "li",
        "pre",
        "code",
        "strong",
        "a",
    }
    assert html.count("<") == html.count(">")


def test_every_rule_has_its_sections_as_headings() -> None:
    for rule in RULES:
        html = str(render_prose(rule.doc.strip().partition("\n")[2]))
        heads = re.findall("<h2>(.*?)</h2>", html)
        assert heads[:2] == ["What it shows", "Why it matters"], rule.code
        assert "##" not in html, rule.code
