"""The pages: clean the input, make one domain call, draw the answer."""
