"""Every kind of callable is a handler, with the source or without it."""

import functools

import pytest

from ignite.events import EventEmitter, Events, HandlerSignatureError


class Counter:
    def __init__(self, *arguments):
        self.calls = [arguments]

    def method(self, source):
        self.calls.append(source)

    @staticmethod
    def static(source, seen):
        seen.append(source)

    @classmethod
    def of_class(cls, source, seen):
        seen.append(source)

    def __call__(self, source, *more):
        self.calls.append((source, *more))


@pytest.fixture
def source():
    return EventEmitter()


def test_functions_with_and_without_the_source(source):
    seen = []
    source.add_event_handler(Events.STARTED, lambda s: seen.append(s))
    source.add_event_handler(Events.STARTED, lambda: seen.append("none"))
    source.add_event_handler(Events.STARTED, lambda *args, **kwargs: seen.append((args, kwargs)))
    source.add_event_handler(Events.STARTED, lambda s, x, y=0: seen.append((s, x, y)), 1, y=2)
    source.add_event_handler(Events.STARTED, lambda x, *, y: seen.append((x, y)), 3, y=4)
    source.fire_event(Events.STARTED)
    assert seen == [source, "none", ((source,), {}), (source, 1, 2), (3, 4)]


def test_methods_objects_partials_classes_and_builtins(source, capsys):
    seen, counter, made = [], Counter(), []
    source.add_event_handler(Events.STARTED, counter.method)
    source.add_event_handler(Events.STARTED, counter, "more")
    source.add_event_handler(Events.STARTED, Counter.static, seen)
    source.add_event_handler(Events.STARTED, Counter.of_class, seen)
    source.add_event_handler(Events.STARTED, functools.partial(Counter.static, seen=seen))
    source.add_event_handler(Events.STARTED, print, "printed")
    source.add_event_handler(Events.STARTED, lambda s: made.append(Counter(s)))
    source.add_event_handler(Events.STARTED, Counter)
    source.fire_event(Events.STARTED)
    assert counter.calls == [(), source, (source, "more")]
    assert seen == [source, source, source]
    assert made[0].calls == [(source,)]
    assert capsys.readouterr().out == f"{source} printed\n"
    assert source.has_event_handler(counter.method, Events.STARTED)


@pytest.mark.parametrize("handler", [None, 3, "print"])
def test_what_is_not_callable_is_refused(source, handler):
    with pytest.raises(TypeError, match="callable"):
        source.add_event_handler(Events.STARTED, handler)


@pytest.mark.parametrize(
    ("handler", "args", "kwargs"),
    [
        (lambda s, x: None, (), {}),
        (lambda: None, (1,), {}),
        (lambda s: None, (), {"unknown": 1}),
        (lambda s, *, needed: None, (), {}),
    ],
)
def test_a_call_that_cannot_be_made_is_refused_when_attaching(source, handler, args, kwargs):
    with pytest.raises(HandlerSignatureError, match="would be called as"):
        source.add_event_handler(Events.STARTED, handler, *args, **kwargs)
    assert not source.has_event_handler(handler)
