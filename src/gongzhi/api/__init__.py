"""The public interface under /api/v1/: the root router, errors as problem details, the OpenAPI snapshot."""
