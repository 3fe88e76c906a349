"""The caches keep within their bounds."""

from bot.github.client.client import BoundedCache


def cache(budget: int, entries: int) -> BoundedCache[bytes]:
    return BoundedCache(budget=budget, entries=entries, size=len)


def test_bytes_are_bounded_and_what_was_used_last_stays() -> None:
    kept = cache(budget=100, entries=100)
    kept.put("a", b"x" * 60)
    kept.put("b", b"x" * 40)
    assert kept.get("a") is not None
    kept.put("c", b"x" * 40)
    assert kept.get("b") is None
    assert kept.get("a") is not None


def test_the_number_of_small_values_is_bounded() -> None:
    kept = cache(budget=1000, entries=10)
    for number in range(50):
        kept.put(str(number), b"")
    assert len(kept) == 10


def test_a_value_larger_than_the_cache_is_not_kept_and_displaces_nothing() -> None:
    kept = cache(budget=100, entries=10)
    kept.put("a", b"x")
    kept.put("b", b"x" * 101)
    assert kept.get("b") is None
    assert kept.get("a") == b"x"
