"""The payment terminal: card and QR payment, ECR Hub over a serial line."""
