"""How one learns: course, questions, claims, review and progress, as pure values and rules."""
