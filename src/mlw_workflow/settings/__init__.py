"""Everything that can be set, checked.

Settings come from four places, each before the one above it: ``config/default.toml`` (which also says what there is to
set), ``config.toml`` in the data folder, the environment, the command line. Read with the standard library alone,
because a quick command may not wait for a validation library (docs/decisions names the figures). A module for each
section that has more than a few.
"""

from mlw_workflow.settings.load import Settings, load_settings

__all__ = ["Settings", "load_settings"]
