"""The staged demo world, made by actions as the web role."""
