"""Training of the turnwise models: corpus, examples, prompt, model, train, evaluate, export."""
