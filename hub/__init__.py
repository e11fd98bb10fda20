"""Customer hub: one golden record per customer, pulled from and pushed back to every channel."""

__version__ = "0.1.0"
