"""The verifier for readers who do not install the product. Nothing here is imported by the product."""
