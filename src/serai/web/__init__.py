"""Pages: middleware, templates' environment, components, static files."""
