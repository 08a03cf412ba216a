"""Weaves mutants into a copy of the source as switches: with `MUTANT=17` in the environment the
seventeenth is on, and the rest of the program is as it was. One build serves them all.

    a + b       ->  (if on(17) { a - b } else { a + b })
    fn f() {..} ->  fn f() { if on(17) { return Default::default(); } .. }

What cannot be woven, or does not compile as a switch (a `const fn`, an `impl Iterator` returned
with another type), is built by itself, as the tool that lists the mutants would do it."""

import tree_sitter
import tree_sitter_rust

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))
ON = "crate::mutant::on"


class Source:
    """One file: bytes, syntax, and the offset of each line."""

    def __init__(self, text):
        self.bytes = text.encode()
        self.root = PARSER.parse(self.bytes).root_node
        self.starts = [0]
        for line in text.split("\n"):
            self.starts.append(self.starts[-1] + len(line.encode()) + 1)
        self.lines = text.split("\n")

    def offset(self, place):
        """Of a line and a column in characters, both from 1."""
        line = self.lines[place["line"] - 1]
        return self.starts[place["line"] - 1] + len(line[: place["column"] - 1].encode())

    def span(self, span):
        return self.offset(span["start"]), self.offset(span["end"])

    def text(self, start, end):
        return self.bytes[start:end].decode()


def around(node, kinds):
    while node is not None and node.type not in kinds:
        node = node.parent
    return node


def plain(source, mutant):
    """The text of the file with this one mutant in it, as the listing tool does it."""
    start, end = source.span(mutant["span"])
    new = mutant["replacement"]
    return source.text(0, start) + new + source.text(end, len(source.bytes))


class Edit:
    """A replacement of a node by a text made of the woven texts of its parts."""

    def __init__(self, node, genre):
        self.node, self.genre, self.mutants = node, genre, []


def edits_of(source, mutants):
    """Edits by node, and the mutants that have none."""
    edits, left = {}, []
    for mutant in mutants:
        node = place(source, mutant)
        if node is None:
            left.append(mutant)
            continue
        key = (node.start_byte, node.end_byte, mutant["genre"])
        edits.setdefault(key, Edit(node, mutant["genre"])).mutants.append(mutant)
    return list(edits.values()), left


def place(source, mutant):
    """The node that a mutant changes."""
    start, end = source.span(mutant["span"])
    node = source.root.named_descendant_for_byte_range(start, max(start, end - 1))
    genre = mutant["genre"]
    if genre == "FnValue":
        function = around(node, ["function_item"])
        return function and function.child_by_field_name("body")
    if genre in ("BinaryOperator", "UnaryOperator"):
        node = source.root.descendant_for_byte_range(start, max(start, end - 1))
        kinds = ["binary_expression", "compound_assignment_expr", "unary_expression"]
        found = around(node, kinds)
        if found is None:
            return None
        if genre == "BinaryOperator":
            operator = found.child_by_field_name("operator")
            ok = operator is not None and (operator.start_byte, operator.end_byte) == (start, end)
            return found if ok else None
        return found if found.type == "unary_expression" and found.start_byte == start else None
    if genre == "MatchArmGuard":
        found = around(node, ["match_pattern"])
        condition = found and found.child_by_field_name("condition")
        if condition is None or condition.type.startswith("let"):
            return None
        return condition
    if genre == "MatchArm":
        return around(node, ["match_arm"])
    if genre == "StructField":
        node = source.root.named_descendant_for_byte_range(start, start)
        return around(node, ["field_initializer", "shorthand_field_initializer"])
    return None


def weave(source, edits):
    """The text with every edit in it."""
    return woven(source, source.root, 0, len(source.bytes), edits)


def woven(source, node, start, end, edits, skip=None):
    """The text from start to end, a part of `node`, with the edits inside it."""
    inside = [e for e in edits if e is not skip and start <= e.node.start_byte
              and e.node.end_byte <= end]
    # the outermost first; of equals (a function's body inside nothing else) in order
    inside.sort(key=lambda e: (e.node.start_byte, -e.node.end_byte))
    text, at = "", start
    for edit in inside:
        if edit.node.start_byte < at:
            continue
        text += source.text(at, edit.node.start_byte)
        rest = [e for e in inside if e is not edit]
        text += switched(source, edit, rest)
        at = edit.node.end_byte
    return text + source.text(at, end)


def switched(source, edit, edits):
    node = edit.node
    inner = lambda a, b: woven(source, node, a, b, edits)
    whole = lambda: inner(node.start_byte, node.end_byte)
    if edit.genre == "FnValue":
        ifs = "".join(
            f" if {ON}({m['id']}) {{ return {m['replacement']}; }}" for m in edit.mutants)
        return "{" + ifs + " " + inner(node.start_byte + 1, node.end_byte)
    if edit.genre == "BinaryOperator":
        operator = node.child_by_field_name("operator")
        left = inner(node.start_byte, operator.start_byte)
        right = inner(operator.end_byte, node.end_byte)
        text = "".join(f"if {ON}({m['id']}) {{ {left}{m['replacement']}{right} }} else "
                       for m in edit.mutants)
        return f"({text}{{ {left}{source.text(operator.start_byte, operator.end_byte)}{right} }})"
    if edit.genre == "UnaryOperator":
        rest = inner(node.start_byte + 1, node.end_byte)
        sign = source.text(node.start_byte, node.start_byte + 1)
        return f"(if {ON}({edit.mutants[0]['id']}) {{ {rest} }} else {{ {sign}{rest} }})"
    if edit.genre == "MatchArmGuard":
        text = f"({whole()})"
        for m in edit.mutants:
            switch = f"{ON}({m['id']})"
            yes = m["replacement"] == "true"
            text = f"({switch} || {text})" if yes else f"(!{switch} && {text})"
        return text
    if edit.genre == "MatchArm":
        pattern = node.child_by_field_name("pattern")
        condition = pattern.child_by_field_name("condition")
        off = f"!{ON}({edit.mutants[0]['id']})"
        if condition is None:
            head = inner(node.start_byte, pattern.end_byte) + f" if {off}"
            return head + inner(pattern.end_byte, node.end_byte)
        head = inner(node.start_byte, condition.start_byte)
        guard = inner(condition.start_byte, condition.end_byte)
        return f"{head}{off} && ({guard})" + inner(condition.end_byte, node.end_byte)
    if edit.genre == "StructField":
        struct = around(node, ["struct_expression"])
        bases = [c for c in struct.child_by_field_name("body").children
                 if c.type == "base_field_initializer"]
        base = source.text(bases[0].start_byte + 2, bases[0].end_byte)
        name = node.child_by_field_name("field") or node.named_children[0]
        name = source.text(name.start_byte, name.end_byte)
        kind = struct.child_by_field_name("name")
        if base.strip() == "Default::default()":
            base = "<" + source.text(kind.start_byte, kind.end_byte) + ">::default()"
        value = node.child_by_field_name("value")
        value = inner(value.start_byte, value.end_byte) if value else name
        return f"{name}: (if {ON}({edit.mutants[0]['id']}) {{ ({base}).{name} }} else {{ {value} }})"
    raise ValueError(edit.genre)


def blamed(text, start, end):
    """The mutants at a place of a woven file that the compiler complains about: those whose switch
    is around it, else those of its function."""
    source = Source(text)
    switches = []
    stack = [source.root]
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        if node.type == "call_expression" and source.text(
                node.start_byte, node.end_byte).startswith(ON + "("):
            number = int(source.text(node.start_byte, node.end_byte)[len(ON) + 1:-1])
            switches.append((number, node))
    near, far = set(), set()
    for number, node in switches:
        region = around(node, ["if_expression", "match_arm", "parenthesized_expression"])
        while region.parent is not None and region.parent.type in (
                "if_expression", "else_clause", "parenthesized_expression", "unary_expression"):
            region = region.parent
        if region.start_byte <= end and start <= region.end_byte:
            near.add(number)
        function = around(node, ["function_item", "closure_expression", "const_item"])
        function = around(node, ["function_item", "const_item"]) or function
        if function is not None and function.start_byte <= end and start <= function.end_byte:
            far.add(number)
    return near or far


