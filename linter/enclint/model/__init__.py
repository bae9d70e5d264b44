"""The common model: values, resources, and the vocabulary that both dialects are mapped to."""
