"""Sizes of what a first page loads, from the pre-compressed files of the built site."""


def budgets(site):
    """The browser's budgets in KB of brotli, as (measured, budget, note)."""
    size = lambda *patterns: sum(file.stat().st_size for pattern in patterns for file in (site / "pkg").glob(pattern)) / 1024
    return {
        "first page: WASM + JS, KB": (size("ringside*.wasm.br", "ringside*.js.br", "boot*.js.br", "theme*.js.br", "elements*.js.br"), "≤ 300", ""),
        "first page: CSS, KB": (size("*.css.br"), "≤ 30", ""),
        "charts, after the first paint, KB": (size("charts*.js.br"), "≤ 300", ""),
        "player, on the first play, KB": (size("player*.js.br"), "≤ 20", ""),
    }
