"""HTML becomes Markdown that says the same."""

import pytest

from curator.read.documents.web_page import tree
from curator.read.documents.web_page.markdown import markdown


def written(html: str) -> str:
    """Give the Markdown of a piece of HTML."""
    return markdown(tree(html))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>A <b>b</b></h1><h3>C<br>d</h3><p>e\n f", "# A b\n\n### C d\n\ne f"),
        ("<p>a<br>b<br><br>c", "a\nb\n\nc"),
        ("one<div>two<p>three</div>four", "one\n\ntwo\n\nthree\n\nfour"),
        ("<p>a <b> b </b>, <em>c</em>d <i></i>", "a **b** , cd"),
        ("<p>use <code>a  `b`</code>", "use `` a `b` ``"),
        ("<p>10<sup>-6</sup>, 2<sup>nd</sup>, H<sub>2</sub>O", "10^-6, 2nd, H2O"),
        ("<p>2<sup>n</sup>, 2<sup>n + 1</sup>, X<sup>TM</sup>", "2^n, 2^(n + 1), XTM"),
        ("<details><summary><h4>Why?</h4></summary>So.</details>", "#### Why?\n\nSo."),
        ("<p>said<sup><a href='#n1'>[1]</a></sup>.", "said."),
        ("<p><q>yes</q> <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "“yes” 漢(kan)"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<h2>T</h2><details><summary>Why?</summary>So.</details>", "## T\n\n### Why?\n\nSo."),
        ("<div class='note'><h3>Note</h3>x</div>", "**Note**\n\nx"),
        ("<p><img src=a alt='A dog'><img src=b alt='->'>", "A dog"),
        ("<p>a<script>b</script>c<style>d</style>", "ac"),
    ],
)
def test_words_keep_their_form(html, text):
    """Headings, lines, emphasis, code, powers, quotations."""
    assert written(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<a href='https://a.b/c (d)'>it</a>", "[it](https://a.b/c%20%28d%29)"),
        ("<a href='https://a.b/'>a.b</a>", "a.b"),
        ("<a href='../x.html'>it</a>, <a href='#y'>here</a>", "it, here"),
        ("<a href='https://a.b'><code>x</code></a>", "[`x`](https://a.b)"),
        ("<a href='#top'><img alt='to top'></a>x", "x"),
        ("<h2><a href='https://a.b'>it</a></h2>", "## it"),
    ],
)
def test_only_addresses_that_lead_somewhere_are_kept(html, text):
    """The words of a link always are."""
    assert written(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("<ul><li>a</li><ul><li>c</li></ul></ul>", "- a\n  - c"),
        ("<ol start=3><li>a<ol><li>b</ol><li>c</ol>", "3. a\n   1. b\n4. c"),
        ("<ul><li><p>a<p>b<li>c</ul>", "- a\n\n  b\n\n- c"),
        ("<ul><li>a<pre>x\n  y</pre></ul>", "- a\n\n  ```\n  x\n    y\n  ```"),
        ("<ul>loose<li></li><li>a</ul>", "- loose\n- a"),
        ("<dl><dt>A<dt><code>B</code><dd>one<dt>C<dd><p>two<p>more</dl>",
         "**A**, **`B`**: one\n\n**C**: two\n\nmore"),
        ("<dl><div><dt>A</dt><dd><ul><li>x</ul></dd></div></dl>", "**A**:\n\n- x"),
    ],
)  # fmt: skip
def test_lists_keep_their_nesting(html, text):
    """Definition lists are paragraphs with the term in bold."""
    assert written(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><th>A<th>B<tr><td>1|2<td><b>x</b>",
         "| A | B |\n| --- | --- |\n| 1\\|2 | **x** |"),
        ("<table><tr><th>A<td>1<tr><th>B<td>2",
         "|  |  |\n| --- | --- |\n| A | 1 |\n| B | 2 |"),
        ("<table><caption>C</caption><thead><tr><td>A<td>B<tbody><tr><td>1<td>2",
         "C\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"),
        ("<table><tr><th>A<th>B<tr><td rowspan=2>1<td>2<tr><td>3",
         "| A | B |\n| --- | --- |\n| 1 | 2 |\n| 1 | 3 |"),
        ("<table><tr><th colspan=2>A<th>B<tr><td>1<td>2<td>3",
         "| A |  | B |\n| --- | --- | --- |\n| 1 | 2 | 3 |"),
        ("<table><tr><th>A<th>B<tr><td><ul><li>x<li>y</ul><td><pre>p\nq</pre>",
         "| A | B |\n| --- | --- |\n| x; y | `p q` |"),
        ("<table><tr><td><h2>A</h2><p>b</td><td>c</table>", "## A\n\nb\n\nc"),
        ("<table>stray<tr><form><td>a</td><td>b</td></form></tr></table>", "stray\n\na\n\nb"),
    ],
)  # fmt: skip
def test_tables_are_pipe_tables(html, text):
    """Unless they only set out the page."""
    assert written(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre>\n  a\n\n <b>b</b>\t&lt;c&gt;\n</pre>", "```\n  a\n\n b\t<c>\n```"),
        ("<pre><code class='x language-py'>a</code></pre>", "```py\na\n```"),
        ("<div class='highlight-sh'><pre>a</pre></div>", "```sh\na\n```"),
        ("<pre>a<br>```<br>b</pre>", "````\na\n```\nb\n````"),
        ("<p><code>a<br>b</code></p>", "```\na\nb\n```"),
        ("<div class=example><p><code>a</code></p></div>", "```\na\n```"),
    ],
)
def test_code_is_kept_word_for_word(html, text):
    """With its language, where the page names it."""
    assert written(html) == text


@pytest.mark.parametrize(
    "line", ["# a", "- a", "12. a", "> a", "+ a", "---", "| - | - |", "```x", "[a]: /b", "<p>a"]
)
def test_text_that_looks_like_markdown_stays_text(line):
    """Only where a line begins does it matter."""
    html = f"<p>x<br>{line.replace('<', '&lt;')}"
    said = written(html).split("\n")[1]
    assert said.replace("\\", "") == line
    assert said.count("\\") == 1
