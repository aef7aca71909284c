"""What people do with the service, apart from HTTP and from the command line."""
