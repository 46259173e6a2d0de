"""Parser of the plan's expressions: Java's precedence, a tree of plain nodes, bounded height."""

from __future__ import annotations

from typing import TypeVar

from payroll.law.plan.errors import Place, PlanError, refuse
from payroll.law.plan.nodes import Binary, Call, Index, Items, Make, Name, Node, Number, Static, Unary
from payroll.law.plan.tokens import END, Token, tokens

MAX_HEIGHT = 60
CLASSES = ("BigDecimal", "RoundingMode")
LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
N = TypeVar("N", bound=Node)


def parse_expression(source: str, place: Place) -> Node:
    """The tree of one expression."""
    parser = _Parser(source, place)
    node = parser.expression()
    parser.finish()
    return node


def parse_assignment(source: str, place: Place) -> tuple[str, Node]:
    """The variable and the tree of ``NAME = expression``."""
    parser = _Parser(source, place)
    target = parser.take()
    if target.kind != "name" or not parser.skip("="):
        raise refuse(place, f"Zuweisung der Form NAME = … erwartet, nicht {source.strip()[:60]!r}")
    node = parser.expression()
    parser.skip(";")
    parser.finish()
    return target.text, node


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, source: str, place: Place) -> None:
        self._place = place
        self._tokens = tokens(source, place)
        self._at = 0
        self._open = 0

    def take(self) -> Token:
        """The next token, passed over."""
        token = self._tokens[self._at]
        if token is not END:
            self._at += 1
        return token

    def skip(self, sign: str) -> bool:
        """Pass over this sign if it comes next."""
        token = self._tokens[self._at]
        if token.kind == "sign" and token.text == sign:
            self._at += 1
            return True
        return False

    def finish(self) -> None:
        """Nothing may be left."""
        if self._tokens[self._at] is not END:
            raise self._unexpected(self._tokens[self._at])

    def expression(self) -> Node:
        """A whole expression."""
        self._open += 1
        if self._open > MAX_HEIGHT // 2:
            raise self._too_high()
        node = self._level(0)
        self._open -= 1
        return node

    def _level(self, level: int) -> Node:
        if level == len(LEVELS):
            return self._unary()
        node = self._level(level + 1)
        while self._tokens[self._at].kind == "sign" and self._tokens[self._at].text in LEVELS[level]:
            sign = self.take().text
            right = self._level(level + 1)
            node = self._grown(Binary(sign, node, right, height=1 + max(node.height, right.height)))
        return node

    def _unary(self) -> Node:
        for sign in ("-", "!"):
            if self.skip(sign):
                self._open += 1
                if self._open > MAX_HEIGHT // 2:
                    raise self._too_high()
                value = self._unary()
                self._open -= 1
                return self._grown(Unary(sign, value, height=1 + value.height))
        return self._postfix(self._primary())

    def _postfix(self, node: Node) -> Node:
        while True:
            if self.skip("."):
                method = self._name()
                arguments = self._arguments()
                height = 1 + max(node.height, *(a.height for a in arguments), 0)
                node = self._grown(Call(node, method, arguments, height=height))
            elif self.skip("["):
                if not isinstance(node, Name):
                    raise refuse(self._place, "nur eine benannte Tabelle kann mit [ ] gelesen werden")
                position = self.expression()
                self._expect("]")
                node = self._grown(Index(node.name, position, height=1 + position.height))
            else:
                return node

    def _primary(self) -> Node:
        token = self.take()
        if token.kind in ("number", "text"):
            return _number(token)
        if token.kind == "name":
            if token.text == "new":
                if self._name() != "BigDecimal":
                    raise refuse(self._place, "nach new ist nur BigDecimal vorgesehen")
                return self._make()
            return self._static() if token.text in CLASSES else Name(token.text)
        if token == Token("sign", "("):
            node = self.expression()
            self._expect(")")
            return node
        if token == Token("sign", "{"):
            items = self._list("}")
            return self._grown(Items(items, height=1 + max((i.height for i in items), default=0)))
        raise self._unexpected(token)

    def _static(self) -> Node:
        self._expect(".")
        name = self._name()
        return self._make() if name == "valueOf" else Static(name)

    def _make(self) -> Node:
        arguments = self._arguments()
        if len(arguments) != 1:
            raise refuse(self._place, "BigDecimal aus genau einem Wert erwartet")
        return self._grown(Make(arguments[0], height=1 + arguments[0].height))

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        return self._list(")")

    def _list(self, closing: str) -> tuple[Node, ...]:
        if self.skip(closing):
            return ()
        items = [self.expression()]
        while self.skip(","):
            items.append(self.expression())
        self._expect(closing)
        return tuple(items)

    def _name(self) -> str:
        token = self.take()
        if token.kind != "name":
            raise self._unexpected(token)
        return token.text

    def _expect(self, sign: str) -> None:
        if not self.skip(sign):
            raise refuse(self._place, f"{sign!r} erwartet, gefunden {self._tokens[self._at].text!r}")

    def _grown(self, node: N) -> N:
        if node.height > MAX_HEIGHT:
            raise self._too_high()
        return node

    def _too_high(self) -> PlanError:
        return refuse(self._place, "Ausdruck zu tief geschachtelt")

    def _unexpected(self, token: Token) -> PlanError:
        return refuse(self._place, f"{token.text!r} ist hier nicht vorgesehen")


def _number(token: Token) -> Number:
    text = token.text.rstrip("lL")
    whole, _, decimals = text.partition(".")
    kind = "text" if token.kind == "text" else "long" if text != token.text else "double" if decimals else "int"
    return Number(int(whole + decimals), len(decimals), kind)
