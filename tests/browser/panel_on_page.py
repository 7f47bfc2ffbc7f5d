"""What the browser tests read of a panel on the page, and a twin to compare it with."""

import math
import re

import mlp_core as mlp
from course import panels
from course.lessons.bug_lab.game import bug_lab
from course.panels.controls import Choice, Number
from tests.live import expect
from tests.wait import wait_until


class Panel:
    """A panel on the page, seen as a user sees it: by labels, roles and texts."""

    def __init__(self, root):
        self.root, self.page = root, root.page
        self.picture = self.root.get_by_role("img")
        self.status = self.root.get_by_role("status").first  # the lab has two
        self.code = self.box("settings")
        self.picture.wait_for()

    def box(self, label):
        """A control, by its name."""
        return self.root.get_by_label(label, exact=True)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def slider(self, label):
        """The slider beside the number box of that name."""
        pair = self.root.locator(".widget-hbox:has(> .widget-slider)")
        label = self.page.get_by_label(label, exact=True)
        return pair.filter(has=label).get_by_role("slider")

    def type(self, label, words):
        self.box(label).fill(str(words))
        self.box(label).press("Enter")

    def drag(self, label, part, moves=25):
        """Drag a slider with the mouse to a part of its way, 0 to 1."""
        mouse, handle = self.page.mouse, self.slider(label)
        handle.scroll_into_view_if_needed()
        handle.evaluate(STOOD_STILL)
        way = handle.locator("xpath=ancestor::*[@class='noUi-base']").bounding_box()
        start = handle.bounding_box()
        y = start["y"] + start["height"] / 2
        mouse.move(start["x"] + start["width"] / 2, y)
        mouse.down()
        mouse.move(way["x"] + part * way["width"], y, steps=moves)
        mouse.up()

    def set(self, **settings):
        """Wait until the panel names these settings."""
        for name, value in settings.items():
            part = re.compile(rf"\b{name}={re.escape(repr(value))}[,)]")
            expect(self.code).to_have_value(part)

    def assert_stands(self, step):
        """No value that Play sent moves the step any more.

        The kernel hears the page in turn: once the first of these is seen, all that was
        sent before has been heard, and once the second is, what waited for an answer.
        """
        for by in (1, 2):
            self.button("Step").click()
            self.set(step=step + by)

    def setting(self, name):
        """A setting as it stands in the line of code that the panel offers."""
        value = re.search(rf"\b{name}=([^,)]*)", self.code.input_value())
        return float(value[1])

    def new_picture(self, action):
        """Do something and wait for another picture and another alt text."""
        before = self.picture.evaluate("img => [window.before = img.src, img.alt][1]")
        action()
        new = "img => img.isConnected && img.src !== window.before"
        wait_until(lambda: self.picture.evaluate(new), "the picture stayed the same")
        expect(self.picture).not_to_have_attribute("alt", before)


CLEAR = "() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
# Ends when an element has stood still for ten frames.
STOOD_STILL = """async element => {
    const place = () => JSON.stringify(element.getBoundingClientRect());
    for (let still = 0, before = ''; still < 10; before = place()) {
        await new Promise(requestAnimationFrame);
        still = place() === before ? still + 1 : 0;
    } }"""


_twins = {}  # a line of code -> the panel that it makes; only the last one is kept


def rebuild(code):
    """Run the line of Python that a panel offers; return such a panel, made here."""
    if code not in _twins:
        while _twins:
            _twins.popitem()[1].close()
        _twins[code] = eval(code, {"panels": panels, "bug_lab": bug_lab, "mlp": mlp})
    return _twins[code]


# What the page shows: texts, and for each label the value, choice or tick beside it.
READ = """root => {
    const label = field => field.labels?.[0]?.textContent;
    const fields = [...root.querySelectorAll('input, select')].filter(label);
    const pairs = [...root.querySelectorAll('.widget-hbox:has(> .widget-slider)')];
    const slider = pair =>  // aria-valuenow has one decimal only
        +pair.querySelector('[role=slider]').getAttribute('aria-valuetext');
    const shown = field => field.matches('[type=checkbox]') ? field.checked
        : field.selectedOptions ? field.selectedOptions[0]?.text.replace(/\\s/g, ' ')
        : field.value;
    return {
        line: root.querySelector('[role=status]')?.textContent.trim(),
        alt: root.querySelector('img')?.alt,
        fields: Object.fromEntries(fields.map(field => [label(field), shown(field)])),
        sliders: Object.fromEntries(
            pairs.map(pair => [label(pair.querySelector('input')), slider(pair)])),
    } }"""


def assert_agrees(panel, **settings):
    """All parts of the panel come to show these settings, and what belongs to them.

    A slider shows a move at once, the rest follows when the kernel has answered. So all
    has arrived when all agrees.
    """
    panel.set(**settings)
    wait_until(lambda: not differences(panel), lambda: "; ".join(differences(panel)))


def differences(panel) -> list:
    """What differs between a panel and one that its own line of Python makes here."""
    page = panel.root.evaluate(READ)
    twin = rebuild(page["fields"]["settings"])
    pairs = [(name, page[name], getattr(twin.shown, name)) for name in ("line", "alt")]
    for control in twin.controls.values():
        label = control.box.description
        shown, wanted = page["fields"][label], control.value
        if isinstance(control, Number):
            pairs.append((f"slider {label}", page["sliders"][label], place(control)))
            shown = float(shown)
        elif isinstance(control, Choice):
            wanted = control.box.options[control.box.index]
        elif isinstance(wanted, tuple):
            wanted = ", ".join(map(str, wanted))
        pairs.append((label, shown, wanted))
    return [f"{name}: {a}, not {b}" for name, a, b in pairs if not is_same(a, b)]


def place(number):
    """Where a slider stands for a number: at its end if the number is outside."""
    inside = min(max(number.value, number.low), number.high)
    return math.log10(inside) if number.log else inside


def is_same(a, b):
    """Equal; numbers may differ by half a step of a slider (0.02 where logarithmic)."""
    return abs(a - b) <= 0.0101 if isinstance(b, float) else a == b
