"""Take out of a web page what is not its content: menus, banners, link lists, comment forms."""

from __future__ import annotations

import re
from typing import Any

from curator.read.documents.web_page.folds import folds, titled

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
DEAD = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "audio",
    "video", "canvas", "svg", "map", "head", "link", "meta", "base", "datalist", "progress",
    "meter", "rp",
)  # fmt: skip
"""What holds no text of the page, whatever it holds."""

_CONTROLS = ("input", "select", "textarea", "button", "option", "optgroup", "dialog", "menu")
_ROLES = (
    "navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog",
    "menu", "menubar", "toolbar", "tablist",
)  # fmt: skip
_BOXES = ("div", "section", "aside", "header", "footer", "ul", "ol", "p", "table", "form", "span")
_WORD = re.compile(
    r"(?:(?:site|page|main|top|bottom|left|right|global|primary|secondary|mobile|sub|post|app|skip"
    r"|entry|article|side|social|share|lang|language|cookie|gdpr|local|doc|docs|wiki|mw|md|wy)[-_]*)*"
    r"(?:nav|navbar|navbox|navigation|menu|menubar|breadcrumb|crumb|sidebar|footer|masthead|banner"
    r"|cookie|cookies|consent|gdpr|newsletter|subscribe|signup|sharing|share|social|pagination"
    r"|pager|skip|toolbar|comment|respond|disqus|disqus_thread|advert|advertisement|ads?|sponsor"
    r"|header|lang|language|languages|translations|searchbox|searchform|search-form|login|popup"
    r"|modal|tags|related-posts|related-articles|see-?also-links|editsection|catlinks|jump-to-nav"
    r"|printfooter|noprint|visually-hidden-focusable)s?"
    r"(?:[-_]*(?:bar|wrap|wrapper|container|block|box|list|links?|inner|outer|area|section|top"
    r"|bottom|left|right|main|menu|form|content|notice|banner|dialog|overlay|popup|switcher"
    r"|selector|picker|buttons?|icons?|widget|modal|message|policy|items?|group|panel|thread"
    r"|respond|footer|header|nav|trail|path|\d+))*",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?:[a-z]+[-_]+)*header(?:[-_]+[a-z]+)*", re.IGNORECASE)
_COMMENTS = re.compile(r"(?:user|reader|page|post)?[-_]?comments?(?:[-_].*)?", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE = re.compile(
    r"\b(note|tip|warning|caution|important|admonition|callout|example|footnotes?)\b", re.IGNORECASE
)
_PERMALINK = re.compile(r"[\s¶#§🔗^↑↩⚓\u200b\ufeff]*")
_FEW_LINKS = 2
_LONG = 80  # characters from which on it does not matter which are letters
_MANY_LINKS = 4
_LABEL_CHARS = 40  # "Available languages:" and the like, beside links to them


def prune(root: Any) -> None:
    """
    Take away everything that is not content, in place; text behind a part stays.

    What is named as a menu but holds more than half of the words, or the page's first heading,
    stays. So does a list of links that stands in running text. What a button unfolds has it as its
    title.
    """
    _links_to_the_page_itself(root)
    unfolding = folds(root)
    titles = {fold.button for fold in unfolding}
    measured = _Measure(root)
    whole = measured.said(root)
    for element in measured.elements:
        if element in titles or not _is_in(element, root):
            continue
        is_large = 2 * measured.said(element) > whole or element in measured.with_h1
        if _is_furniture(element, measured) and (not is_large or element.tag == "nav"):
            drop(element)
    _comments_at_the_end(root, whole)
    _link_boxes(root)
    for button in titled(root, unfolding):
        drop(button)


def _is_furniture(element: Any, measured: _Measure) -> bool:
    tag = element.tag
    if tag in ("nav", "form", *_CONTROLS) or element.get("role") in _ROLES:
        return True
    if tag in ("aside", "footer") and not _NOTE.search(element.get("class") or ""):
        return True
    if tag == "header" and not _is_inside(element, ("article", "main", "section")):
        return not measured.heads_a_part(element)
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
        return element.get("id") not in measured.unfolded
    if tag in ("span", "i", "a") and element.get("aria-hidden") == "true":
        return True
    is_header = any(map(_HEADER.fullmatch, _names(element))) and measured.heads_a_part(element)
    return tag in _BOXES and _is_named_so(element) and not is_header


def _is_named_so(element: Any) -> bool:
    """Say whether a class or id is a menu's, and not that of code or of a section on menus."""
    if not any(map(_WORD.fullmatch, _names(element))) or _is_inside(element, ("pre", "code")):
        return False
    title = _slug("".join(element[0].itertext())) if len(element) else ""
    return not (title and element[0].tag in HEADINGS and _slug(element.get("id")) == title)


def _names(element: Any) -> list[str]:
    return f"{element.get('class') or ''} {element.get('id') or ''}".split()


def _slug(text: str | None) -> str:
    return "-".join(re.findall(r"\w+", (text or "").lower().replace("_", " ")))


def is_contents(root: Any) -> bool:
    """Say whether a page says nothing outside links and headings, as a table of contents does."""
    measured = _Measure(root)
    titles = sum(measured.chars[title] for title in root.iter("title"))
    return measured.links[root] >= _MANY_LINKS and measured.said(root) <= titles


class _Measure:
    """Letters and digits of each element, in all and in links."""

    def __init__(self, root: Any) -> None:
        self.elements = list(root.iter())  # held, so that each keeps its identity
        self.chars = dict.fromkeys(self.elements, 0)
        self.in_links = dict.fromkeys(self.elements, 0)
        self.in_headings = dict.fromkeys(self.elements, 0)
        self.links = dict.fromkeys(self.elements, 0)
        self.with_h1: set[Any] = set()
        self.unfolded = {element.get("aria-controls") for element in self.elements} - {None}
        self.before: dict[Any, int] = {}
        said = 0
        for element in self.elements:
            self.before[element] = said
            said += 0 if element.tag == "a" else _letters(element.text)
        for element in reversed(self.elements):  # the inner before the outer
            own = self.chars[element] + _letters(element.text)
            self.chars[element] = own
            if element.tag == "a" and element.get("href") is not None:
                self.in_links[element], self.links[element] = own, self.links[element] + 1
            if element.tag in HEADINGS:
                self.in_headings[element] = own
                self.in_links[element] = self.links[element] = 0  # a heading may be a link
            if element.tag == "h1":
                self.with_h1.add(element)
            parent = element.getparent()
            if parent is None or element is root:
                continue
            self.chars[parent] += own + _letters(element.tail)
            self.in_links[parent] += self.in_links[element]
            self.in_headings[parent] += self.in_headings[element]
            self.links[parent] += self.links[element]
            if element in self.with_h1:
                self.with_h1.add(parent)

    def heads_a_part(self, element: Any) -> bool:
        """Say whether it holds a heading and no links, and stands below the page's own head."""
        is_titled = self.in_headings[element] and not self.links[element]
        return bool(is_titled) and self.before[element] > _LONG

    def said(self, element: Any) -> int:
        """Give how much it says outside links and headings."""
        return self.chars[element] - self.in_links[element] - self.in_headings[element]


def _letters(text: str | None) -> int:
    if not text or text.isspace():
        return 0
    return len(text) if len(text) > _LONG else sum(map(str.isalnum, text))


def _links_to_the_page_itself(root: Any) -> None:
    """Take away pilcrows and arrows that lead to a place in this page."""
    for link in list(root.iter("a")):
        if (link.get("href") or "").startswith("#") and _PERMALINK.fullmatch(
            "".join(link.itertext())
        ):
            drop(link)


def _link_boxes(root: Any) -> None:
    """Take away boxes of nothing but links, the outermost first, and choices of language."""
    measured = _Measure(root)
    for element in measured.elements:
        if element.tag not in ("div", "section", "ul", "ol", "p") or not _is_in(element, root):
            continue
        if element is root or element in measured.with_h1:
            continue
        if not measured.links[element] or measured.said(element) > _LABEL_CHARS:
            continue
        if _is_inside(element, ("td", "th", "li", "dd")) or _is_introduced(element):
            continue
        if _is_links(element, measured):
            _drop_with_heading(element)


def _is_links(element: Any, measured: _Measure) -> bool:
    """Say whether it is made to lead elsewhere: with no word between links, or a label at most."""
    found = [link for link in element.iter("a") if link.get("href") is not None]
    if sum(link.get("hreflang") is not None for link in found) >= _FEW_LINKS:
        return True
    is_list = element.tag in ("ul", "ol")
    if measured.said(element) == 0:
        is_contents = all((link.get("href") or "").startswith("#") for link in found)
        return is_contents if is_list or len(found) < _FEW_LINKS else True
    lists = [] if is_list else element.iter("ul", "ol")
    listed = [measured.links[each] for each in lists if measured.said(each) == 0]
    return sum(listed) >= _MANY_LINKS


def _is_introduced(element: Any) -> bool:
    before = element.getprevious()
    said = "".join(before.itertext()) + (before.tail or "") if before is not None else ""
    return before is not None and before.tag not in HEADINGS and said.rstrip().endswith(":")


def _comments_at_the_end(root: Any, whole: int) -> None:
    """Take away the last section when its heading is marked as that of comments, not of code."""
    headings = list(root.iter("h1", "h2", "h3"))
    while headings:
        heading = headings.pop()
        box = heading.getparent()
        is_first = heading is not root and box[0] is heading and not (box.text or "").strip()
        is_boxed = is_first and box is not root and box.tag in ("div", "section")
        names = [name for each in heading.iter() for name in _names(each)]
        if not any(map(_COMMENTS.fullmatch, names + (_names(box) if is_boxed else []))):
            return
        parts = [box] if is_boxed else [heading, *heading.itersiblings()]
        is_large = 2 * sum(_letters("".join(each.itertext())) for each in parts) > whole
        if is_large or any(next(each.iter("pre"), None) is not None for each in parts):
            return
        for part in parts:
            drop(part)


def _drop_with_heading(element: Any) -> None:
    """Take away an element, and the heading before it when it headed nothing else."""
    before, after = element.getprevious(), element.getnext()
    is_last = after is None or (
        after.tag in HEADINGS and before is not None and str(after.tag) <= str(before.tag)
    )
    tail = (element.tail or "").strip()
    drop(element)
    if is_last and not tail and before is not None and before.tag in HEADINGS[1:]:
        drop(before)


def drop(element: Any) -> None:
    """Take an element out of its tree; what stands behind it stays, a space apart."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = f" {element.tail}" if element.tail else ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _is_in(element: Any, root: Any) -> bool:
    while element is not None and element is not root:
        element = element.getparent()
    return element is root


def _is_inside(element: Any, tags: tuple[str, ...]) -> bool:
    return any(above.tag in tags for above in element.iterancestors())
