"""Recipes: every network has its presets, the paper's is the paper's, shortening scales."""

from __future__ import annotations

import pytest

from ankleviewer.core.assessment.preprocess import PAPER
from trainer.arguments import MODELS
from trainer.networks.registry import build
from trainer.training.recipes import RECIPES


@pytest.mark.parametrize("key", sorted(RECIPES))
def test_every_recipe_can_be_built_and_its_crops_fit(key: tuple[str, str]) -> None:
    recipe = RECIPES[key]
    net = build(key[0], **recipe.config)
    assert build(key[0], **recipe.config, **recipe.shallow).parameter_count <= net.parameter_count
    assert bool(recipe.shallow) == bool(recipe.deepened)
    for stage in (*recipe.stages, *recipe.onward, *recipe.deepened):
        assert stage.plan.size % net.stride == 0 and stage.plan.size <= recipe.largest
        assert stage.steps > 0 and 0 < stage.lr[1] <= stage.lr[0] < 0.1
        assert stage.teacher + stage.teacher_map == 0 or recipe.teacher
    assert recipe.pairs >= 1000 and recipe.teacher in ("", *MODELS)


def test_every_model_has_both_presets() -> None:
    assert set(RECIPES) == {(m, p) for m in MODELS for p in ("best", "paper")}


def test_the_papers_numbers() -> None:
    recipe = RECIPES["mobilenet", "paper"]
    (stage,) = recipe.stages
    assert recipe.spec is PAPER and stage.lr == (5e-4, 5e-4)
    assert stage.plan.size == 128 and stage.plan.whole and 2 * stage.plan.pairs + stage.plan.others == 16
    assert (stage.cells, stage.sides, stage.scan) == (0.0, 0.0, 1.0)
    assert recipe.config["pooling"] == "gap"
    assert abs(stage.steps * 16 - 20 * 1017) < 20 * 16


def test_shortening() -> None:
    recipe = RECIPES["compact", "best"]
    assert recipe.shortened(None, 128) == recipe
    half = recipe.shortened(10, 128)
    assert [s.steps for s in half.stages] == [round(s.steps / 2) for s in recipe.stages] and half.pairs == recipe.pairs / 2
    tiny = recipe.shortened(0.001, 32)
    assert all(s.steps == 1 and s.plan.size == 32 for s in tiny.stages) and tiny.pairs == 4 and tiny.crop == 40
    assert all(s.plan.size <= 64 and s.plan.size % 8 == 0 for s in recipe.shortened(None, 70).stages)
    assert recipe.stages[0].steps > 1, "the recipe itself stays"


@pytest.mark.parametrize("size", [32, 64, 70, 100, 128])
def test_shortened_crops_fit_the_pairs_that_are_made(size: int) -> None:
    for recipe in RECIPES.values():
        short = recipe.shortened(0.1, size)
        assert all(s.plan.size <= min(size, short.largest) for s in (*short.stages, *short.onward, *short.deepened))
