"""What pages are put together from: a report's year in sentences, its tables as filed, its checks. No page knows another."""
