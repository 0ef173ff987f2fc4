"""The panel: pages rendered on the server, each usable without JavaScript."""
