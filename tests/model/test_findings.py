"""What goes wrong in a worker process is told as what it is."""

import pickle

from pipeline.document.refusal import RefusedError, refusal
from pipeline.model.findings import PipelineError


def test_an_error_survives_the_way_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(PipelineError("坏了", "broken")))
    assert (error.zh, error.en, str(error)) == ("坏了", "broken", "坏了 / broken")
    refused = pickle.loads(pickle.dumps(refusal("D102")))
    assert isinstance(refused, RefusedError)
    assert refused.finding.code == "D102"
