"""What is known of the sites that survive alone is still so said of sites that there are."""

from challenges.injection.inject import sites_of
from challenges.injection.kill_rate import _likely, _together, known
from challenges.injection.making import REFERENCE
from challenges.injection.project import Site, files, numbered, scan_file


def reference_sites() -> list[Site]:
    return sites_of(numbered([scan_file(str(REFERENCE), path) for path in files(REFERENCE)]))


def test_each_known_survivor_is_one_site_and_so_is_its_other_layer() -> None:
    sites = reference_sites()
    for entry in known():
        covered = [site for site in sites if entry.covers(site)]
        assert len(covered) == 1, f"{entry.operator} at {entry.symbol} covers {len(covered)} sites"
        if entry.beside:
            other = next(site for site in sites if f"{site.operator} {site.symbol}" == entry.beside)
            assert _together(REFERENCE, covered[0], other)


def test_equivalents_are_no_more_than_a_tenth_of_all() -> None:
    harmless = [entry for entry in known() if not entry.beside]
    assert all(entry.reason.endswith(".") for entry in known())
    assert len(harmless) * 10 <= len(reference_sites())


def test_the_task_that_is_tried_first_is_the_likely_one() -> None:
    first = {(site.operator, site.symbol): _likely(site)[0] for site in reference_sites()}
    assert first["strip_eager_loading", "LoanListCreateView.get"] == "a"
    assert first["strip_row_lock", "TaskCreateView.post"] == "b"
    assert first["drop_pointer_clearing", "TaskCompleteView.post"] == "d"
    assert first["drop_validators", "Loan"] == "e"
