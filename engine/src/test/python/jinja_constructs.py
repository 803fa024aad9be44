"""Writes jinja_constructs.jsonl: what Python's jinja2 renders for small templates, in the environment chat templates run in.

    python3 -m venv venv && venv/bin/pip install jinja2==3.1.6
    venv/bin/python engine/src/test/python/jinja_constructs.py \
        > engine/src/test/resources/io/theseus/engine/template/jinja_constructs.jsonl
"""
import datetime
import json
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

assert jinja2.__version__ == "3.1.6", jinja2.__version__


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


class Namespace(jinja2.utils.Namespace):
    """As chat templates get it: no attribute begins with an underscore."""

    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        jinja2.utils.Namespace.__init__(self)
        for name, value in dict(*args, **kwargs).items():
            self[name] = value

    def __setitem__(self, name, value):
        if name.startswith("_"):
            raise jinja2.exceptions.SecurityError("underscore: " + name)
        jinja2.utils.Namespace.__setitem__(self, name, value)


env = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
)
env.filters["tojson"] = tojson
env.globals["namespace"] = Namespace
env.globals["raise_exception"] = raise_exception
env.globals["strftime_now"] = lambda f: datetime.datetime(2024, 2, 5, 9, 7, 3, 45).strftime(f)

D = {
    "n": 3, "f": 2.5, "s": "Hello, World", "t": True, "z": None, "empty": "", "big": 12345678901234567890,
    "l": [3, 1, 2], "w": ["b", "A", "c", "a"], "d": {"b": 2, "a": 1, "items": 7, "C": None},
    "u": "h\u00e9llo \U0001f600 w\u00f6rld", "p": [{"name": "c", "age": 3, "in": {"x": 1}}, {"name": "a", "age": 1}, {"name": "B", "age": 2, "on": True}],
    "nest": {"l": [1, [2, {"k": "v"}]], "t": "x\"y'z\n"}, "html": "<a href=\"x\">&'", "lines": "one\ntwo\n\nthree\n",
}

# One expression a line, printed as {{ expression }}.
EXPRESSIONS = r"""
1 + 2 * 3
7 / 2
6 / 2
7 // 2
-7 // 2
7 // -2
7.5 // 2
-7.5 // 2
7 % 3
-7 % 3
7 % -3
-7.5 % 2
5.5 % -2
0.0 % -3
2 ** 10
2 ** -1
-2 ** 2
2 ** 3 ** 2
2 ** 0.5
2 ** 100
(-2) ** 63
(-2) ** 64
1 ** 1000000
0 ** 0
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 9223372036854775807
big
big + 1
big // 7
big % 1000
big / 3
big * 1.0
-big
1 / 0
1 // 0
1 % 0
1.0 / 0
1.5 // 0
1.5 % 0.0
0 ** -1
0.1 + 0.2
1e16
1e15
123456789012345680.0
1e-4
1e-5
0.00012345
1.0
100000.0
1e22
1e23
5e-324
2e-323
9e-324
1e-320
range(10)[::-2]
range(10)[5:1:-1]|list
range(0, 10, 3)[1:]
"\ufb01x".title()
"\u01f0x".capitalize()
"{:d}".format(none)
"{:s}".format(1)
"{:.1f}".format("a")
"{x}".format(y=1)
"%(x)s" % {"y": 1}
undefinedvar|round
undefinedvar|float
1.7976931348623157e308
1e308 * 10
-1e308 * 10
-0.0
1_000
0x1F
0b101
0o17
1_0.5
1e3
1E-3
1.5e+3
true + 1
true and 1
t + f
"a" * 3
3 * "ab"
"a" * -1
[1, 2] * 2
(1,) * 3
2 * [0]
[1] + [2, 3]
(1, 2) + (3,)
"a" + 1
1 + "a"
[1] + (2,)
"a" - "b"
-"a"
+n
+t
-t
-f
none + 1
"a" ~ 1 ~ none ~ true ~ 1.0 ~ [1, "x"] ~ {"k": (1,)}
1 + 2 ~ 3
1 ~ 2 + 3
"%s and %s" % ("a", 1)
"%d%%" % 5
"%5.2f|%-5d|%05d|%+d|% d" % (3.14159, 42, 42, 42, 42)
"%x %X %o %#x %e %g %G %c %r" % (255, 255, 8, 255, 12345.678, 0.00001, 1e20, "c", "q")
"%(a)s-%(b)d" % {"a": "x", "b": 2}
"%s" % [1, 2]
"%s" % none
"%5s|%-5s|%.2s" % ("a", "b", "cdef")
"%*d" % (5, 42)
"%d" % 3.99
"%d" % "x"
"%s %s" % "a"
"%s" % ("a", "b")
"%" % 1
"%z" % 1
"%i" % true
"%08.3f" % -3.14159
"%+.1e" % 12345
"%g" % 100000
"%g" % 1000000
"%g" % 0.0001
"%.3g" % 1234.5
1 == 1.0
1 == true
"1" == 1
none == false
[1, 2] == [1.0, 2]
(1, 2) == [1, 2]
{"a": 1, "b": 2} == {"b": 2, "a": 1.0}
undefinedvar == undefinedvar2
undefinedvar == none
1 < 2 < 3
1 < 3 < 2
1 < 2 > 0
3 > 2 >= 2 != 1
"a" < "b"
"Z" < "a"
"\uffff" < "\U00010000"
[1, 2] < [1, 3]
[1, 2] < [1, 2, 0]
(1, "a") < (1, "b")
1 < "a"
none < 1
[1] < (2,)
1.5 < 2
true < 2
big < 1e19
9007199254740993 == 9007199254740992.0
9007199254740993 > 9007199254740992.0
"ell" in s
"" in ""
1 in s
none in l
3 in l
3.0 in l
"a" in d
"zz" not in d
1 in 5
[1] in [[1], 2]
(1,) in {(1,): 2}
not 3 in l
not t
not not t
not 1 == 2
1 or 0 and 0
0 or none
none or "x"
"x" and ""
t and n or f
1 if t else 2
1 if z else 2
1 if z
(1 if z) is defined
"a" if z else "b" if z else "c"
"a" if t else "b" if z else "c"
("a" if z else "b") ~ "x"
[1, "a", none, true, 1.5, [2], (3,), {"k": "v"}]
[]
{}
()
(1,)
(1, 2)
1, 2
{"a": 1, 2: "b", none: 3, (1, 2): 4, true: 5, 1.5: 6}
{1: "a", 1.0: "b", true: "c"}
{[1]: 2}
{"it's": 'say "hi"', 'both\'"': "x"}
"it's"
["it's", 'say "hi"', "b\\s", "n\nr\rt\t", "\x00\x1b\x7f", "\u00e9", "\u200b", "\U0001f600", "\u00a0", "\ud7ff"]
"a" "b" 'c'
"\x41\u0042\U00000043\103\N{BULLET}\q"
'\''
"tab\tend"
s[0]
s[-1]
s[100]
s[1:4]
s[::-1]
s[::2]
s[-3:]
s[:-3]
s[5:1]
s[5:1:-1]
s[-1:1:-2]
s[100:]
s[:100]
s[-100:2]
s[none:2]
s[::0]
s["x"]
u[6]
u[::-1]
u[5:8]
u|length
l[0]
l[-1]
l[5]
l[true]
l[1.0]
l[1:]
l[::-1]
l[::-2]
l[10:0:-1]
l["append"]
(1, 2, 3)[1:]
(1, 2, 3)[::-1]
range(10)[2:5]
range(5)
range(1, 10, 3)
range(3)|list
range(5, 0, -2)|list
range(0)|list
range(3)[1]
range(1000000)
range(1, 2, 0)
3 in range(5)
d.a
d["a"]
d.items
d["items"]
d.missing
d.missing.x
d["missing"]["x"]
d[1]
d[[1]]
d[()]
d.get("a")
d.get("zz")
d.get("zz", 5)
d.get("C", 5)
d.keys()
d.values()
d.items()
d.items()|list
d.keys()|list
d.keys()[0]
d.items()|length
d.copy()
d.pop("a")
d.update({"x": 1})
l.append(4)
l.sort()
l.index(1)
l.index(9)
l.count(3)
l.copy()
d.update is defined
d.__class__
s.__class__.__mro__
"".__class__
p[0].name
p.0.name
p[0]["in"].x
p[0].in.x
p.1.age
nest.l[1][1].k
undefinedvar
undefinedvar.x
undefinedvar["x"]
undefinedvar()
undefinedvar + 1
undefinedvar ~ "x"
undefinedvar|length
undefinedvar|upper
undefinedvar|list
undefinedvar|join(",")
undefinedvar|default("d")
undefinedvar|tojson
undefinedvar|int
undefinedvar|first
undefinedvar|items|list
undefinedvar|map("upper")|list
undefinedvar|trim
undefinedvar|replace("a", "b")
undefinedvar|indent
undefinedvar|abs
undefinedvar|string
undefinedvar|sort
undefinedvar|reverse|list
undefinedvar|last
undefinedvar in l
"a" in undefinedvar
undefinedvar in "abc"
undefinedvar < 1
-undefinedvar
not undefinedvar
[undefinedvar]
undefinedvar is sequence
undefinedvar is iterable
undefinedvar is mapping
undefinedvar is string
s.strip("Hd")
"  x \n".strip() ~ "|"
"  x ".lstrip() ~ "|"
"  x ".rstrip() ~ "|"
"xxaxx".rstrip("x")
"\u3000 x\u00a0\u2003".strip()
"\u200bx".strip()
"\x1c\x85x\x1f".strip()
"abc".startswith("ab")
"abc".startswith(("x", "a"))
"abc".startswith("b", 1)
"abc".endswith("bc")
"abc".endswith("b", 0, 2)
"abc".startswith(1)
"abc".startswith("")
"a,b,,c".split(",")
"a,b,,c".split(",", 1)
"a,b,,c".rsplit(",", 1)
" a  b c ".split()
" a  b c ".split(none, 1)
" a  b c ".rsplit(none, 1)
" a  b c ".split(maxsplit=0)
" a  b c ".rsplit(maxsplit=0)
"".split()
"".split(",")
"abc".split("")
"abc".split(1)
"aXXbXXXc".split("XX")
"aXXbXXXc".rsplit("XX")
"a<think>b</think>c".split("</think>")[-1]
"a</think>b".partition("</think>")
"abc".partition("x")
"abcbd".rpartition("b")
"abc".rpartition("x")
"a\nb\r\nc\rd\x0be\x1cf\u2028g".splitlines()
"a\nb\n".splitlines(true)
"aaa".replace("a", "b")
"aaa".replace("a", "b", 2)
"aaa".replace("", "-")
"abc".replace("", "-", 2)
"".replace("", "x")
"aaa".replace("a", "b", count=1)
"abc".find("c")
"abc".find("z")
"abcabc".find("a", 1)
"abcabc".find("c", 0, 2)
"abcabc".rfind("a")
"abc".index("z")
u.find("w")
"banana".count("an")
"aaa".count("aa")
"aaa".count("")
"hello world".title()
"they're bill's".title()
"hello World".capitalize()
"ÀÉ".lower()
"straße".upper()
"ǆ".title()
"ŉa".capitalize()
"İ".lower()
"Hello".swapcase()
"abc".upper().lower()
"a".join(["x", "y", "z"])
"".join(["x", 1])
",".join("abc")
",".join(d)
"x".center(4) ~ "|"
"xy".center(5) ~ "|"
"xy".center(6, "*")
"x".ljust(3) ~ "|"
"x".rjust(3)
"42".zfill(5)
"-42".zfill(5)
"x".center(3, "ab")
"abc".removeprefix("a")
"abc".removesuffix("bc")
"abc".removesuffix("")
"a\tb".expandtabs(4)
"{} {}".format("a", 1)
"{0} {1} {0}".format("a", "b")
"{x} {y.a}".format(x=1, y=d)
"{0[1]} {0[2]}".format(l)
"{:>5}|{:<5}|{:^5}|".format("a", "b", "c")
"{:05d}|{:+d}|{:,}|{:_}".format(42, 42, 1234567, 1234567)
"{:.2f}|{:8.3f}|{:e}|{:g}|{:%}".format(3.14159, 2.5, 12345.678, 0.0001, 0.25)
"{:x}|{:#x}|{:b}|{:o}|{:X}".format(255, 255, 5, 8, 255)
"{!r} {!s}".format("a", "b")
"{{}} {}".format(1)
"{:{w}}|".format("a", w=4)
"{:*^7}".format("mid")
"{} {}".format(1)
"{".format()
"{:d}".format("x")
"{:.3}".format("abcdef")
"{:.3}".format(3.14159)
"{:5}|{:<5}|".format(3, 3)
"{}".format(none)
"{}".format(true)
"abc".isalpha()
"ab1".isalpha()
"ab1".isalnum()
"123".isdigit()
"12.3".isdigit()
"".isdigit()
"²".isdigit()
"²".isdecimal()
"½".isnumeric()
"ABC".isupper()
"AB1".isupper()
"123".isupper()
"abc".islower()
"Hello World".istitle()
" \t".isspace()
"".isspace()
"abc".isascii()
"é".isascii()
"ß".casefold()
"abc".nomethod()
"abc".nomethod is defined
"abc".upper is defined
"abc".upper is callable
s.upper
n.foo
n is number
n|upper
f.foo
s()
d()
n()
none.x
none()
true.x
s|upper
s|lower
"heLLo wORLD-foo (bar) [baz] {q} <z>"|title
"heLLo"|capitalize
"  x "|trim ~ "|"
"xxaxx"|trim("x")
s|replace("l", "L")
s|replace("l", "L", 1)
5|replace(5, 6)
lines|indent
lines|indent(2)
lines|indent(2, true)
lines|indent(2, true, true)
lines|indent(width=2, blank=true)
lines|indent("> ")
lines|indent(2, first=true)
"x"|indent(2, true)
""|indent(2, true) ~ "|"
5|indent
s|length
l|length
d|length
5|length
none|length
s|count
l|first
l|last
[]|first
[]|last
s|first
s|last
d|first
d|last
5|first
l|sort
l|sort(reverse=true)
w|sort
w|sort(case_sensitive=true)
w|sort(true, true)
p|sort(attribute="name")|map(attribute="age")|list
p|sort(attribute="in.x")|length
p|sort(attribute="age", reverse=true)|map(attribute="name")|join
[1, "a"]|sort
d|sort
d|dictsort
d|dictsort(true)
{"b": 1, "A": 2}|dictsort
{"b": 1, "A": 2}|dictsort(case_sensitive=true)
{"b": 1, "A": 2}|dictsort(by="value")
{"b": 1, "A": 2}|dictsort(false, "value", true)
{"b": 1}|dictsort(by="x")
w|unique|list
["a", "A", "b"]|unique|list
["a", "A", "b"]|unique(true)|list
[1, 1.0, true, "1"]|unique|list
p|unique(attribute="age")|list|length
l|min
l|max
w|min
w|max
[]|min
p|max(attribute="age")
l|sum
[]|sum
p|sum(attribute="age")
["a"]|sum
[[1], [2]]|sum(start=[])
[1.5, 2]|sum
l|reverse|list
s|reverse
d|reverse|list
l|join
l|join(", ")
p|join(", ", attribute="name")
d|join("-")
s|join("-")
[1, none, true, undefinedvar]|join("|")
5|join
l|list
s|list
d|list
5|list
l|map("string")|list
w|map("upper")|join
p|map(attribute="name")|list
p|map(attribute="zz")|list
p|map(attribute="zz", default="x")|list
p|map(attribute="in.x", default=0)|list
p|map("attr", "name")|list
w|map("replace", "a", "Z")|list
[[1, 2], [3]]|map("join", "-")|list
[[1, 2], [3]]|map("first")|list
[[1, 2], [3, 4]]|map(attribute=1)|list
l|map
[]|map("upper")|list
l|select|list
[0, 1, "", "a", none]|select|list
l|select("odd")|list
l|select("greaterthan", 1)|list
l|select(">", 1)|list
l|reject("even")|list
[1, none, 2]|reject("none")|list
p|selectattr("on")|map(attribute="name")|list
p|selectattr("name", "equalto", "a")|list
p|selectattr("age", "gt", 1)|map(attribute="name")|list
p|selectattr("on", "defined")|list|length
p|rejectattr("on", "defined")|list|length
p|rejectattr("name", "in", ["a", "B"])|map(attribute="name")|list
p|selectattr
p|selectattr("name", "eq", "a")|first
p|selectattr("zz")|list
l|select("odd")|first
(l|select("odd"))[0]
(l|select("odd")) is sequence
l|select("odd")|length
[1, 2, 3, 4, 5]|batch(2)|list
[1, 2, 3, 4, 5]|batch(2, 0)|list
[1, 2, 3, 4, 5]|slice(2)|list
[1, 2, 3, 4, 5]|slice(3, 0)|list
[]|batch(2)|list
d|items|list
l|items
z|default("x")
z|default("x", true)
z|d("x", boolean=true)
""|default("x")
""|default("x", true)
undefinedvar|default
0|default(5, true)
5|string ~ "x"
none|string
"42"|int
"42.9"|int
"x"|int
"x"|int(7)
"x"|int(default=none)
" 42 "|int
"1_000"|int
"0x1F"|int(base=16)
"1f"|int(0, 16)
"0b11"|int(0, 2)
"0x10"|int(0, 0)
3.99|int
-3.99|int
true|int
none|int
none|int(5)
[]|int
"1e3"|int
"inf"|int
"nan"|int
"-12"|int
"+5"|int
"3.14"|float
"x"|float
"x"|float(1.5)
"1e3"|float
" 1.5 "|float
"inf"|float
"-Infinity"|float
"nan"|float
"1_0.5"|float
"1d"|float
"0x1"|float
5|float
none|float
-5|abs
-5.5|abs
"x"|abs
2.5|round
3.5|round
2.675|round(2)
1234.567|round(-2)
42|round
42|round(1)
25|round(-1)
-0.4|round
2.1|round(method="ceil")
2.9|round(0, "floor")
2.15|round(1, "ceil")
42.55|round(1, "floor")
7|round(0, "ceil")
2.5|round|int
"x"|round
html|e
html|escape
html|safe
html|safe ~ "<b>"
(html|safe) + "<b>"
"<b>" + (html|safe)
(html|e)|e
(html|e)|safe|upper
html|forceescape
html|e|length
(html|safe) is escaped
html|safe|string|e
"a b&c/d?é"|urlencode
{"a b": "c&d", "e": 1}|urlencode
"one two  three_x é"|wordcount
"foo bar baz qux"|truncate(9)
"foo bar baz qux"|truncate(9, true)
"foo bar baz qux"|truncate(11)
"foo bar baz qux"|truncate(11, false, "...", 0)
"foobarbazqux quux"|truncate(8)
"x"|center(5) ~ "|"
"%s-%s"|format("a", 2)
"%(a)s"|format(a=1)
s|attr("upper")
d|attr("a")
d|attr("items") is defined
l|tojson
d|tojson
nest|tojson
nest|tojson(indent=2)
nest|tojson(indent=4, sort_keys=true)
nest|tojson(indent="--")
nest|tojson(indent=0)
u|tojson
u|tojson(ensure_ascii=true)
u|tojson(true)
html|tojson
"\x00\x1f\x7f\u2028/\\\""|tojson
"\x7f\u2028"|tojson(ensure_ascii=true)
[1.0, 1e21, 1e-7, 0.1, 1e16, -0.0, 123456789.123]|tojson
[true, false, none]|tojson
{1: 2, none: 3, true: 4, 1.5: 5}|tojson
{(1, 2): 3}|tojson
(1, 2)|tojson
[]|tojson(indent=2)
{}|tojson(indent=2)
[[], {}]|tojson(indent=2)
d|tojson(sort_keys=true)
d|tojson(separators=(",", ":"))
d|tojson(separators=(",", ":"), indent=1)
{"b": 1, "a": {"d": 1, "c": 2}}|tojson(sort_keys=true)
{"b": 1, 2: 3}|tojson(sort_keys=true)
range(3)|tojson
d.items()|tojson
d.items()|list|tojson
big|tojson
namespace(a=1)|tojson
s|upper|lower|title
s | upper
s|upper is string
-1|abs
-n|abs
n is defined
zz is defined
zz is not defined
zz is undefined
d.a is defined
d.zz is defined
d.zz.y is defined
z is none
z is not none
n is number
t is number
t is integer
t is boolean
n is integer
f is float
n is float
s is string
l is string
l is iterable
s is iterable
n is iterable
d is mapping
l is mapping
l is sequence
d is sequence
s is sequence
n is sequence
range(3) is sequence
d.items() is sequence
d.items() is iterable
t is true
f is true
t is false
1 is true
z is false
3 is odd
3 is even
3.0 is odd
4 is divisibleby 2
4 is divisibleby(3)
"x" is odd
3 is eq 3
3 is equalto 3.0
3 is ne 4
3 is lt 4
3 is gt(4)
3 is ge 3
3 is le 3
3 is lessthan 4
3 is sameas 3
none is sameas none
"a" is in ["a"]
"a" is in "abc"
3 is not in l
"abc" is lower
"ABC" is upper
"abc" is upper
5 is lower
range is callable
n is callable
"upper" is filter
"nope" is filter
"odd" is test
"nope" is test
n is defined and n > 2
n is odd or zz
n is not odd
not n is odd
n is odd == true
n is odd|string
3 is divisibleby 3 and t
dict(a=1, b=2)
dict([("a", 1), ("b", 2)])
dict({"a": 1}, b=2)
dict(a=1).a
namespace(a=1).a
namespace(a=1).b
namespace(a=1)["a"]
namespace({"x": 1}).x
namespace(_a=1)
namespace(a=1, b="x")
raise_exception("stop here")
raise_exception("n=" ~ n)
raise_exception(5)
raise_exception()
strftime_now("%Y-%m-%d %H:%M:%S")
strftime_now("%d %B %Y, %A %b %a %j %y %I %p %M %e %U %W %w %u %V %G %%")
strftime_now("%-d/%-m %D %F %T %R %h %C %n%t|%Z|%z|%f")
[1, 2, 3,]
{"a": 1,}
d|dictsort|map("first")|list
(1, 2) in [(1, 2)]
l|length > 2 and l[0] == 3
p|selectattr("age", "ge", 2)|list|length == 2
"a" in ["a", "b"] and not "c" in ["a"]
s.split(", ")[1]|lower
messages
messages|length
(l)[0]
"x"[0]
[1, 2][1]
{"a": {"b": [10, 20]}}.a.b[1]
{"a": 1}["a"]
(l|sort)[0]
l|sort|first
s.upper().lower().title()
(s ~ "!").upper()
d.get("a") + d.get("b")
"%s" % (d.a)
n if n is defined else "none"
l[n - 1]
l[:n - 1]
s[n:]|length
range(n)|map("string")|join(",")
l|sum / l|length
"a\
b"
""" + "\n".join([
    '"{}".format(s)', '"abc" is sequence', 'l == l[:]', 'loop', 'caller', 'true is boolean',
    '"a" < "a\\u0300"', '"\\u00df".title()', '"o\'clock o\'neil"|title', '"o\'clock"|capitalize',
])

TEMPLATES = [
    # whitespace control
    "{% if true %}\nhello\n{% endif %}\n", "    {% if true %}\n    hello\n    {% endif %}\n",
    "  {%- if true -%}  \nhello\n  {%- endif -%}  \n", "  {{- 'hello' -}}  \n", "a\n  {{ 'x' }}  \nb",
    "a {%+ if true %} b {% endif +%}\nc", "a\n  {%+ if true %}b{% endif %}\n\nc", "a\n\n{%- if true %}\n\nb{% endif %}\n\n\n",
    "x {# comment #}\ny", "x\n   {# comment #}\n   y", "x {#- comment -#}\n\n y", "{# a {% if %} {{ b }} #}z", "x{#-#}y",
    "{% raw %}{{ x }} {% y %}{% endraw %}", "{%- raw -%}  {{ x }}  {%- endraw -%}  z", "a\n{% raw %}\nb\n{% endraw %}\nc",
    "a\n  {% raw %}  b\n  {% endraw +%}\nc", "tail\n", "tail\n\n", "a\r\nb\rc\n", "{{ 'a\r\nb' }}", "\n", "", "   ",
    "{% if true %}a{% endif %}   \nb", "{{ 1 }}\n\n{{ 2 }}\n", "{{ {'a': {'b': 1}}['a'] }}", "{{ {'a': {}}}}", "{{{'a': 1}.a}}",
    "{{ '}}' }}", "{{ '%}' }}", "{% set x = '%}' %}{{ x }}", "{ {{ 1 }} } {% raw %}%{% endraw %}", "{{-1}}", "{{+1}}", "{{1-}}", "{{ -1 -}} x",
    "a\t{% if true %}b{% endif %}", "\u3000{% if true %}b{% endif %}", "a {% if true -%} \u3000 b {%- endif %} c",
    # if
    "{% if l %}y{% endif %}", "{% if not l %}y{% else %}n{% endif %}", "{% if z %}1{% elif n %}2{% elif t %}3{% else %}4{% endif %}",
    "{% if n == 3 and (t or z) %}a{% if s %}b{% endif %}{% endif %}", "{% if z is none %}{% else %}x{% endif %}",
    "{% if x, y %}1{% endif %}", "{% if t: %}1{% endif %}",
    # for
    "{% for i in l %}{{ i }},{% endfor %}", "{% for i in [] %}x{% else %}empty{% endfor %}", "{% for i in undefinedvar %}x{% else %}e{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}", "{% for c in 'héé' %}{{ c }}.{% endfor %}",
    "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
    "{% for i in l %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}",
    "{% for i in l %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }} {% endfor %}",
    "{% for i in l %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %}",
    "{% for i in l if i > 1 %}{{ i }}/{{ loop.length }} {% endfor %}", "{% for i in l if i > 5 %}x{% else %}none{% endfor %}",
    "{% for i in l|sort %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for a, b in [(1, 2), [3, 4]] %}{{ a + b }} {% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a, b in [(1,)] %}{% endfor %}",
    "{% for a, b in [5] %}{% endfor %}", "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for i in 5 %}{% endfor %}", "{% for i in none %}{% endfor %}",
    "{% for i in range(3) %}{% for j in range(2) %}{{ loop.index }}{{ i }}{{ j }} {% endfor %}{{ loop.index }};{% endfor %}",
    "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in range(3) %}{% for j in range(3) %}{% if j == 1 %}{% break %}{% endif %}{{ j }}{% endfor %}{{ i }}{% endfor %}",
    "{% for i in [1] %}{% break %}{% else %}never{% endfor %}", "{% for i in l %}{% continue %}{% else %}e{% endfor %}", "{% for i in l %}{% if i == 2 %}{% break %}{% endif %}{% else %}e{% endfor %}", "{% for i in [] %}{% else %}{{ i is defined }}{{ loop is defined }}{% endfor %}",
    "{% for x in [1, [2, [3]]] recursive %}{{ loop.depth }}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{% endif %}{% endfor %}",
    "{% for x in [1] %}{{ loop([1]) }}{% endfor %}", "{% for x in l %}{{ loop }}{% endfor %}",
    "{% for i in 1, 2, 3 %}{{ i }}{% endfor %}", "{% for i in l if true else [] %}{{ i }}{% endfor %}", "{% for i in (l if t else []) %}{{ i }}{% endfor %}",
    "{% set x = 1 %}{% for i in l %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}",
    "{% set ns = namespace(x=0) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(s=true) %}{% for i in l if ns.s %}{{ i }}{% set ns.s = false %}{% endfor %}",
    "{% set ns = namespace(s=true) %}{% for i in l if ns.s %}{{ i }}{{ loop.last }}{% set ns.s = false %}{% endfor %}",
    "{% for i in l %}{% set i = i * 10 %}{{ i }} {% endfor %}", "{% for m in p %}{% set m = m.name %}{{ m }}{% endfor %}",
    "{% for i in l %}{% if loop.first %}{% set q = i %}{% endif %}{{ q }}{% endfor %}",
    "{% if t %}{% set q = 5 %}{% endif %}{{ q }}", "{% set g = l|select('odd') %}{{ g|list }}{{ g|list }}",
    "{% set g = d.items() %}{{ g|list|length }}{{ g|list|length }}", "{% for i in l|map('string') %}{{ loop.length }}{{ i }}{% endfor %}",
    "{% for i in range(3) -%}\n  {{ i }}\n{%- endfor %}", "{% for i in l %}\n- {{ i }}\n{% endfor %}\nend",
    # set
    "{% set x = 5 %}{{ x }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a = 1, 2 %}{{ a }}", "{% set a, b = [1] %}", "{% set a, b = 'xyz' %}",
    "{% set x %}body {{ n }}{% endset %}[{{ x }}]", "{% set x | upper %}body{% endset %}{{ x }}", "{% set x | replace('o', '0') | upper %}foo{% endset %}{{ x }}",
    "{% set x = 1 if z else 2 %}{{ x }}", "{% set ns = namespace() %}{% set ns.a = 1 %}{% set ns.b = ns.a + 1 %}{{ ns.b }}{{ ns }}",
    "{% set ns.a = 1 %}", "{% set d.a = 1 %}", "{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}", "{% set ns = namespace() %}{% set ns.a %}x{% endset %}{{ ns.a }}",
    "{% set x = x + 1 %}", "{% set n = n + 1 %}{{ n }}", "{% set x = namespace %}{{ x(a=2).a }}", "{% set ns = namespace() %}{% set ns._a = 1 %}",
    # macros
    "{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}", "{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m() }}",
    "{% macro m(a) %}{{ a.x }}{% endmacro %}{{ m() }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, zz=2) }}", "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
    "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(7) }}", "{% macro f(k) %}{% if k > 0 %}{{ k }}{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(4) }}",
    "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "{% macro m() %}{% set x = 9 %}{% endmacro %}{{ m() }}{{ x is defined }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}body{{ n }}{% endcall %}", "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a }}-{{ b }}{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}body{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m }}{{ m.name }}{{ m.arguments }}", "{% macro m() %} x {% endmacro %}{{ m()|trim }}{{ m() ~ 'y' }}",
    "{% macro m(a) -%}\n  {{ a }}\n{%- endmacro %}{{ m(1) }}", "{% for i in l %}{% macro q() %}{{ i }}{% endmacro %}{{ q() }}{% endfor %}", "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ l|map('string')|map('upper')|join }}{{ m(*[1]) }}{{ m(**{'x': 2}) }}",
    "{% macro outer() %}{% macro inner() %}i{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}{{ inner is defined }}",
    "{% macro m(a) %}{{ a|default('D') }}{% endmacro %}{{ m() }}", "{{ f2(1) if f2 is defined else 'nof' }}", "{% macro m(n) %}{{ n }}{% endmacro %}{{ m(none) }}{{ m(n) }}",
    # other tags
    "{% filter upper %}abc{{ n }}{% endfilter %}", "{% filter replace('a', 'b') | upper %}aXa{% endfilter %}", "{% with %}{% set x = 1 %}{{ x }}{% endwith %}{{ x is defined }}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}", "{% with a = 1, b = a %}{{ b is defined }}{% endwith %}", "{% generation %}abc{{ n }}{% endgeneration %}",
    "{% generation %}{% set q = 1 %}{% endgeneration %}{{ q is defined }}", "{% for m in l %}{% generation %}{{ m }}{% endgeneration %}{% endfor %}", "{% print n, s %}",
    "{% for i in l %}{% with %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endwith %}{% endfor %}", "{% set j = joiner(' | ') %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}",
    # syntax errors
    "{% if %}x{% endif %}", "{% if t %}x", "{% endif %}", "{{ 1 + }}", "{{ (1 }}", "{{ [1, 2 }}", "{{ 'abc }}", "{{ a b }}", "{% for in l %}{% endfor %}", "{% for i l %}{% endfor %}",
    "{{", "{%", "{#", "{# x", "{% raw %}", "a{% raw -%} ", "{% raw %}x", "{{ 1 ! 2 }}", "{{ x = 1 }}", "{{ }}", "{% set = 1 %}", "{% set 1 = 2 %}", "{% set true = 2 %}", "{% macro %}{% endmacro %}", "{% else %}",
    "{{ 007 }}", "{{ 1..2 }}", "{{ a. }}", "{{ a| }}", "{{ a is }}", "{{ a is odd is even }}", "{{ f(a=1, 2) }}", "{{ f(*a, *b) }}", "{% break %}", "{% continue %}", "{{ '\\x4' }}", "{{ '\\U00110000' }}",
    "{% if t %}{% else %}{% elif n %}{% endif %}", "{{ ] }}", "{{ {1} }}", "{% for i in l %}{% endif %}{% endfor %}", "{{ a[1:2:3:4] }}", "{{ s.1x }}",
]

cases = [("{{ " + line + " }}", D) for line in EXPRESSIONS.strip("\n").replace("a\\\nb", "a\\\x00b").split("\n")]
cases = [(t.replace("\x00", "\n"), v) for t, v in cases] + [(t, D) for t in TEMPLATES]
seen = set()
print(json.dumps({"variables": D}, ensure_ascii=True))
for template, variables in cases:
    if template in seen:
        continue
    seen.add(template)
    line = {"template": template}
    try:
        compiled = env.from_string(template)
        try:
            line["output"] = compiled.render(**variables, messages=[], tools=None, documents=None, add_generation_prompt=False)
        except Exception as e:
            line["error"] = type(e).__name__
            line["message"] = str(e)
    except (jinja2.TemplateSyntaxError, SyntaxError) as e:
        line["syntax_error"] = str(e)
    if " at 0x" in line.get("output", ""):
        print("left out, shows an address:", template, file=sys.stderr)
        continue
    print(json.dumps(line, ensure_ascii=True))
