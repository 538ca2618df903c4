"""What CPython would make of a sysconfigdata file, without running it.

PyO3 hands the file to an interpreter, with a few statements behind it that print `build_time_vars`. This is a closed evaluator:
it knows constants (`Ellipsis` among them), displays, sums of constants, names that the file itself binds, assignment (also to
items), `.update(…)`, `del`, `pass`, imports of the standard library (of whose modules it knows nothing but `sys.exit(…)`) and `raise SystemExit`. What it cannot
decide is `Unknown`, with the line. No name of the file is ever looked up in Python itself. A failure here is a non-zero exit there.
"""

from __future__ import annotations

import ast
import builtins
import sys
import tokenize
import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any

from crossplan.resolve.literal import Exited, Failed, Variables
from crossplan.resolve.run import Unknown

_SYS = object()  # the module sys, of which only exit is known
_EXIT = object()  # sys.exit
_MODULE = object()  # another module of the standard library
_OPAQUE = (_SYS, _EXIT, _MODULE)
_SPEAKING = ("this", "antigravity", "__main__", "sysconfig")  # importing these does something, or may fail
_STOPS = (TypeError, KeyError, ValueError, IndexError, AttributeError, NameError, OverflowError)


def run(text: str, appended: str) -> Variables:
    """The names that are bound when `text` has run; see `literal.evaluate`."""
    statements = _parse(text + appended).body
    variables: Variables = {}
    for statement in statements[: len(statements) - len(ast.parse(appended).body)]:
        try:
            _execute(statement, variables)
        except _STOPS as error:
            raise Failed(str(error)) from None
        except RecursionError:
            raise Failed("nested too deep") from None
    return variables


def _parse(script: str) -> ast.Module:
    """The syntax tree; what the compiler refuses later (a `return` outside of a function) is a failure as well."""
    try:
        source = script.encode()
        if tokenize.detect_encoding(BytesIO(source).readline)[0] not in ("utf-8", "utf-8-sig"):
            raise Unknown("line 1 declares another encoding than UTF-8, which interpreters treat differently")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<stdin>", "exec", dont_inherit=True)
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, LookupError) as error:
        raise Failed(f"{type(error).__name__}: {error}") from None


def _execute(statement: ast.stmt, variables: Variables) -> None:
    match statement:
        case ast.Pass():
            pass
        case ast.Expr(value=ast.Call() as call):
            _call(call, variables)
        case ast.Expr(value=value):
            _value(value, variables)
        case ast.Assign(targets=targets, value=value):
            result = _value(value, variables)
            for target in targets:
                _assign(target, result, variables)
        case ast.AnnAssign(target=ast.Name() as target, annotation=annotation, value=value):
            if value is not None:
                result = _value(value, variables)
                _assign(target, result, variables)
            if not (isinstance(annotation, ast.Name) and hasattr(builtins, annotation.id)):
                _value(annotation, variables)
        case ast.AugAssign(target=ast.Name(id=name) as target, op=ast.Add(), value=value):
            before = _value(ast.Name(id=name, ctx=ast.Load(), lineno=target.lineno), variables)
            _assign(target, _sum(statement, before, _value(value, variables)), variables)
        case ast.Delete(targets=targets):
            for target in targets:
                _delete(target, variables)
        case ast.Import(names=names):
            _import(names, variables, statement)
        case ast.ImportFrom(module="sys", names=[ast.alias(name="exit", asname=other)], level=0):
            variables[other or "exit"] = _EXIT
        case ast.Raise(exc=exception):
            _raise(exception, variables)
        case ast.If() | ast.While() | ast.For():
            _value(statement.iter if isinstance(statement, ast.For) else statement.test, variables)
            raise _unknown(statement)
        case _:
            raise _unknown(statement)


def _import(names: list[ast.alias], variables: Variables, node: ast.AST) -> None:
    for alias in names:
        top = alias.name.partition(".")[0]
        if top not in sys.stdlib_module_names or top in _SPEAKING:
            raise _unknown(node)
        variables[alias.asname or top] = _SYS if alias.name == "sys" else _MODULE


def _unknown(node: ast.AST) -> Unknown:
    return Unknown(f"line {getattr(node, 'lineno', 1)} is code that is not run")


def _raise(exception: ast.expr | None, variables: Variables) -> None:
    match exception:
        case ast.Name(id="SystemExit") | ast.Call(func=ast.Name(id="SystemExit"), args=[], keywords=[]):
            raise Exited
        case ast.Call(func=ast.Name(id="SystemExit"), args=[argument], keywords=[]):
            _exit([_value(argument, variables)])
    raise Failed("an exception")


def _exit(arguments: list[Any]) -> None:
    """`sys.exit`: None and numbers that end in eight zero bits are success, any other object is printed and status 1."""
    code = arguments[0] if len(arguments) == 1 else arguments or None
    if code is None or (isinstance(code, int) and code & 0xFF == 0):
        raise Exited
    raise Failed("sys.exit")


def _call(call: ast.Call, variables: Variables) -> None:
    """A call that stands alone: `NAME.update({…})`, `sys.exit(…)`."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update"), args=[argument], keywords=[]):
            target = _name(name, variables, call)
            if not isinstance(target, dict):
                raise _unknown(call)
            other = _value(argument, variables)
            if not isinstance(other, dict):
                raise _unknown(call)
            target.update(other)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="exit"), keywords=[]):
            if _name(name, variables, call) is not _SYS:
                raise _unknown(call)
            _exit([_value(argument, variables) for argument in call.args])
        case ast.Call(func=ast.Name(id=name), keywords=[]) if _name(name, variables, call) is _EXIT:
            _exit([_value(argument, variables) for argument in call.args])
        case _:
            _value(call, variables)


def _assign(target: ast.expr, value: Any, variables: Variables) -> None:
    match target:
        case ast.Name(id=name):
            variables[name] = value
        case ast.Subscript(value=container, slice=key) if not isinstance(key, ast.Slice):
            _plain(_value(container, variables), target)[_value(key, variables)] = value
        case _:
            raise _unknown(target)


def _delete(target: ast.expr, variables: Variables) -> None:
    match target:
        case ast.Name(id=name):
            del variables[name]
        case ast.Subscript(value=container, slice=key) if not isinstance(key, ast.Slice):
            del _plain(_value(container, variables), target)[_value(key, variables)]
        case _:
            raise _unknown(target)


def _plain(value: Any, node: ast.AST) -> Any:
    if any(value is opaque for opaque in _OPAQUE):
        raise _unknown(node)
    return value


def _name(name: str, variables: Variables, node: ast.AST) -> Any:
    if name in variables:
        return variables[name]
    if name == "Ellipsis":
        return ...
    if name.startswith("__") or hasattr(builtins, name) or name in ("exit", "quit"):
        raise _unknown(node)  # Python knows it; it is not looked up
    raise NameError(name)


def _value(node: ast.expr, variables: Variables) -> Any:
    handler = _VALUES.get(type(node))
    if handler is not None:
        return handler(node, variables)
    first = getattr(node, _FIRST.get(type(node), ""), None)
    if isinstance(first, ast.expr):  # what is evaluated first may already fail
        _value(first, variables)
    raise _unknown(node)


def _dictionary(node: ast.Dict, variables: Variables) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            other = _value(value, variables)
            if not isinstance(other, dict):
                raise TypeError
            found.update(other)
        elif type(key) is ast.Constant and type(value) is ast.Constant:
            found[key.value] = value.value
        else:
            wanted = _value(key, variables)
            found[wanted] = _value(value, variables)
    return found


def _items(node: Any, variables: Variables) -> list[Any]:
    return [_value(item, variables) for item in node.elts]


def _operation(node: ast.BinOp, variables: Variables) -> Any:
    left, right = _value(node.left, variables), _value(node.right, variables)
    if isinstance(node.op, ast.Sub) and type(left) is type(right) is int:
        return left - right
    if not isinstance(node.op, ast.Add):
        raise _unknown(node)
    return _sum(node, left, right)


def _sum(node: ast.AST, left: Any, right: Any) -> Any:
    if isinstance(left, (dict, set)) or isinstance(right, (dict, set)):
        raise TypeError
    return _plain(left, node) + _plain(right, node)


def _signed(node: ast.UnaryOp, variables: Variables) -> Any:
    value = _plain(_value(node.operand, variables), node)
    match node.op:
        case ast.USub():
            return -value
        case ast.UAdd():
            return +value
        case ast.Not():
            return not value
    raise _unknown(node)


def _attribute(node: ast.Attribute, variables: Variables) -> Any:
    value = _plain(_value(node.value, variables), node)
    if not hasattr(value, node.attr):
        raise AttributeError(node.attr)
    raise _unknown(node)


def _item(node: ast.Subscript, variables: Variables) -> Any:
    if isinstance(node.slice, ast.Slice):
        raise _unknown(node)
    return _plain(_value(node.value, variables), node)[_value(node.slice, variables)]


def _joined(node: ast.JoinedStr, variables: Variables) -> str:
    parts = []
    for part in node.values:
        if not isinstance(part, ast.FormattedValue):
            parts.append(str(_value(part, variables)))
            continue
        value = _plain(_value(part.value, variables), part)
        if part.conversion != -1 or part.format_spec is not None:
            raise _unknown(node)
        parts.append(str(value))
    return "".join(parts)


# of expressions that are not known, the part that is evaluated first
_FIRST: dict[type[ast.expr], str] = {
    ast.Call: "func",
    ast.Compare: "left",
    ast.IfExp: "test",
    ast.NamedExpr: "value",
}
_VALUES: dict[type[ast.expr], Callable[[Any, Variables], Any]] = {
    ast.Constant: lambda node, variables: node.value,
    ast.Dict: _dictionary,
    ast.List: _items,
    ast.Tuple: lambda node, variables: tuple(_items(node, variables)),
    ast.Set: lambda node, variables: set(_items(node, variables)),
    ast.BinOp: _operation,
    ast.UnaryOp: _signed,
    ast.Attribute: _attribute,
    ast.Name: lambda node, variables: _name(node.id, variables, node),
    ast.Subscript: _item,
    ast.JoinedStr: _joined,
}
