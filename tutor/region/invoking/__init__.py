"""How functions are invoked: admission, live functions, the asynchronous queue, and where its results go."""
