"""The feature map: structure that was drawn is found, and nothing is asked of few or equal particles."""

import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.errors import ParameterError
from nanotem.measurement import measure_particles
from nanotem.morphology.feature_map import DESCRIPTORS, descriptors, map_features

RNG = np.random.default_rng(0)
CLASSES = ["ICO", "rod", "TD"] * 40


def clouds(separation: float, n_features: int = 6) -> np.ndarray:
    """Return three clouds that differ in the last two features, which vary a thousandth as much as the first."""
    features = RNG.normal(size=(len(CLASSES), n_features)) * [1000, *[1] * (n_features - 1)]
    centres = {"ICO": (0, 0), "rod": (1, 0), "TD": (0, 1)}
    features[:, -2:] += separation * np.array([centres[name] for name in CLASSES])
    return features


def separation(points: np.ndarray) -> float:
    """Return the distance of the nearest two centres in standard deviations within the classes."""
    groups = [points[np.array(CLASSES) == name] for name in sorted(set(CLASSES))]
    centres = [group.mean(axis=0) for group in groups]
    within = np.sqrt(np.mean([group.var(axis=0).mean() for group in groups]))
    pairs = [(0, 1), (0, 2), (1, 2)]
    return min(float(np.linalg.norm(centres[a] - centres[b])) for a, b in pairs) / within


def test_principal_components_show_the_largest_differences() -> None:
    t = RNG.normal(size=200)
    features = np.column_stack([t, 5 * t + 3, -t, RNG.normal(size=200)])
    found = map_features(features)
    assert abs(np.corrcoef(found.points[:, 0], t)[0, 1]) > 0.99
    assert found.axes[0].startswith("PC 1 (7")
    assert found.note == ""


def test_units_make_no_difference() -> None:
    features = clouds(3)
    other_units = features * [1e-6, 1, 1e9, 1, 1, 1] + 17
    assert np.abs(map_features(other_units).points) == pytest.approx(np.abs(map_features(features).points), abs=1e-4)


def test_discriminants_separate_classes_that_principal_components_do_not() -> None:
    features = clouds(6)
    found = map_features(features, method="lda", classes=CLASSES)
    assert separation(found.points) > 4
    assert [axis[:4] for axis in found.axes] == ["LD 1", "LD 2"]


def test_classes_that_mean_nothing_are_hardly_separated_however_many_features_there_are() -> None:
    found = map_features(RNG.normal(size=(len(CLASSES), 96)), method="lda", classes=CLASSES)
    assert separation(found.points) < 1.5


def test_particles_without_a_class_are_placed_but_not_learned_from() -> None:
    features = clouds(6)
    classes = [name if k < 90 else None for k, name in enumerate(CLASSES)]
    found = map_features(features, method="lda", classes=classes)
    far = np.linalg.norm(found.points[90:] - found.points[np.array(CLASSES) == "TD"].mean(axis=0), axis=1)
    assert far[np.array(CLASSES[90:]) == "TD"].mean() < 0.5 * far[np.array(CLASSES[90:]) == "ICO"].mean()


def test_two_classes_have_one_discriminant() -> None:
    classes = ["ICO" if name == "ICO" else "rod" for name in CLASSES]
    found = map_features(clouds(6), method="lda", classes=classes)
    assert found.axes[0] == "LD 1"
    assert found.axes[1].startswith("PC 1")


@pytest.mark.parametrize("method", ["pca", "lda"])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("kind", ["constant", "random", "not finite"])
def test_few_or_equal_particles_are_placed_without_errors(method, n: int, kind: str) -> None:
    features = {"constant": np.full((n, 4), 7.0), "random": RNG.normal(size=(n, 4))}.get(kind, np.full((n, 4), np.nan))
    for classes in (["ICO"] * n, ["ICO", "rod", None, "ICO", "rod", "ICO", "rod"][:n]):
        found = map_features(features, method=method, classes=classes)
        assert found.points.shape == (n, 2)
        assert np.isfinite(found.points).all()


def test_classes_of_equal_particles_give_principal_components() -> None:
    features = np.repeat([[0.0, 1, 2], [3, 4, 9]], 4, axis=0)
    found = map_features(features, method="lda", classes=["ICO"] * 4 + ["rod"] * 4)
    assert "not all alike" in found.note
    assert np.ptp(found.points[:, 0]) > 0


def test_one_class_gives_principal_components_and_says_so() -> None:
    features = clouds(3)
    found = map_features(features, method="lda", classes=["ICO"] * len(CLASSES))
    assert "two classes" in found.note
    np.testing.assert_array_equal(found.points, map_features(features).points)


def test_a_missing_number_is_put_at_the_mean() -> None:
    features = clouds(3)
    features[5, 1] = np.inf
    assert np.isfinite(map_features(features).points).all()


def test_descriptors_of_a_table() -> None:
    image, labels = draw((80, 120), disc_grid(2, 3, pitch_px=40, diameter_px=24))
    particles = measure_particles(labels, image)
    assert descriptors(particles).shape == (6, len(DESCRIPTORS))
    assert map_features(descriptors(particles)).points == pytest.approx(0, abs=1e-6)
    assert descriptors(particles.iloc[:0]).shape == (0, len(DESCRIPTORS))


def test_what_cannot_be_mapped_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"no map 'tsne'.*Use pca or lda"):
        map_features(np.zeros((3, 2)), method="tsne")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"2 classes for 3 particles.*one class each"):
        map_features(np.zeros((3, 2)), method="lda", classes=["a", "b"])
