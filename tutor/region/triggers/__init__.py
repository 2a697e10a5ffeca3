"""What listens and what fires for functions: their URLs, gateways, load balancers, schedules."""
