"""enclint: is everything that this infrastructure code describes on AWS encrypted, with the key that is required?"""

__version__ = "0.1.0"
