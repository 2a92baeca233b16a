"""Pages of an exchange, in the order in which they are met: arranging, programme, taking home."""
