"""CloudFormation: templates read, their resources made through the services' own APIs, in order, and taken back."""
