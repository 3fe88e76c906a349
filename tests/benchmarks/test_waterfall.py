"""Which requests waited for the answer to others."""

from benchmarks.waterfall import up_to_check_run
from github_simulator.api.server import Request


def request(path: str, received: float, answered: float, method: str = "GET") -> Request:
    return Request(method, path, None, 200, None, "token", None, None, received, answered)


def test_a_request_is_in_the_wave_after_the_last_answer_that_was_there_when_it_came() -> None:
    requests = [
        request("/files", 1.0, 2.0),
        request("/pull", 0.0, 1.0),
        request("/reviews", 1.1, 2.1),
        request("/blob", 2.05, 3.0),
        request("/labels", 9.0, 10.0, "POST"),
        request("/repos/python/peps/check-runs", 4.0, 5.0, "POST"),
    ]
    assert [(wave, one.path) for wave, one in up_to_check_run(requests)] == [
        (1, "/pull"),
        (2, "/files"),
        (2, "/reviews"),
        (3, "/blob"),
        (4, "/repos/python/peps/check-runs"),
    ]
